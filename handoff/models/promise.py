"""What stands in an agreement beside the definition: promises, own questions, and what was said."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from handoff.models.agreement import Agreement, only_in_drafts


class Commitment(models.Model):
    """A promise that one side makes and that the scorecard holds against what happened.

    `value`: a number a month for MQLS, percent for the others.
    """

    class Measure(models.TextChoices):
        MQLS = "mqls", "MQLs a month"
        GRADE = "grade", "Of the minimum grade or better"
        DATA = "data", "Required data complete"
        REJECTED = "rejected", "Rejected by sales"
        DECIDED = "decided", "Decided in time"
        TOUCHED = "touched", "Hand-raises touched in time"
        ATTEMPTS = "attempts", "Attempts before “unreachable”"
        REASONS = "reasons", "Reason with every rejection"

    BY_MARKETING = (Measure.MQLS, Measure.GRADE, Measure.DATA, Measure.REJECTED)
    AT_MOST = (Measure.REJECTED,)

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="commitments")
    measure = models.CharField(max_length=10, choices=Measure)
    value = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "measure"], name="commitment_measure_once"
            ),
            models.CheckConstraint(
                name="commitment_measure_known",
                condition=Q(
                    measure__in=[
                        "mqls",
                        "grade",
                        "data",
                        "rejected",
                        "decided",
                        "touched",
                        "attempts",
                        "reasons",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="commitment_percent",
                condition=Q(measure="mqls") | Q(value__lte=100),
                violation_error_message="At most 100 percent.",
            ),
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return f"{self.get_measure_display()}: {self.value}"

    @property
    def side(self):
        return "marketing" if self.measure in self.BY_MARKETING else "sales"


class Question(models.Model):
    """One of the agreement's own questions for the discovery call, beside BANT."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=40)
    text = models.CharField(max_length=160)
    is_required = models.BooleanField("needed for an SQL", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], name="question_code_once")
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return self.text


class Comment(models.Model):
    """What somebody said of a version before it was signed (or after). Never changed."""

    LONGEST = 2000

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="comment_has_text", condition=~Q(text=""))]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.by}: {self.text[:40]}"
