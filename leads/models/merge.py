"""Two leads that were found to be one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Merge(models.Model):
    """`loser` became part of `winner`; it stays as it was, with its own events and cycles, and says
    so by `merged_into`. What is written here puts both back.

    `chosen`: {column or attr.code: [value of the winner before, after]}; `moved`: {table: ids of
    rows that went from the loser to the winner}.
    """

    winner = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="merges")
    loser = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="merged_by")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    merged_at = models.DateTimeField()
    chosen = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    unmerged_at = models.DateTimeField(null=True, blank=True)
    unmerged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(winner=F("loser"))),
            models.UniqueConstraint(
                fields=["loser"], name="merge_once", condition=Q(unmerged_at=None)
            ),
        ]

    def __str__(self):
        return f"lead {self.loser_id} merged into {self.winner_id}"
