"""ScoreChange: how the score of a lead moved, for its sparkline and for judging the past."""

import pgtrigger
from django.db import models


class ScoreChange(models.Model):
    """Written when the grade changes or the score passes a whole point, so that a slow fading
    shows, too, and nobody has to look up the last one."""

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="score_changes", db_index=False
    )
    at = models.DateTimeField()  # the lead's scored_at then
    score = models.DecimalField(max_digits=9, decimal_places=2)
    fit = models.DecimalField(max_digits=9, decimal_places=2)
    engagement = models.DecimalField(max_digits=9, decimal_places=2)
    grade = models.CharField(max_length=2)
    model = models.PositiveIntegerField()  # version of the scoring model

    class Meta:
        indexes = [models.Index(fields=["lead", "-id"], name="score_change_of_lead")]
        triggers = [pgtrigger.ReadOnly(name="immutable")]

    def __str__(self):
        return f"lead {self.lead_id}: {self.grade}, {self.score}"
