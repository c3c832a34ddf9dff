"""The reasons tree of an agreement: why a lead is given back, and what follows from it."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from handoff.models.agreement import Agreement, only_in_drafts
from leads.lifecycle import Hold


class Reason(models.Model):
    """Where it is offered, where it sends the lead, what the lead then waits for.

    `offered_at`: transitions (reject, recycle, disqualify, lose, demote, reopen) and churn.
    `letter`: its fixed place in the reject grid, A to L. `hold_days`: wake-up after so many days
    when no date is given. `teaches`: what scoring learns from it.
    """

    class GoesTo(models.TextChoices):
        NURTURE = "nurture", "Nurture"
        UNQUALIFIED = "unqualified", "Unqualified, data to fix"
        DISQUALIFIED = "disqualified", "Disqualified"
        HANDED_OFF = "handed_off", "Routed again"
        LOST = "lost", "Lost"
        CHOSEN = "chosen", "As chosen"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="reasons")
    code = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    letter = models.CharField(max_length=1, blank=True)
    offered_at = ArrayField(models.CharField(max_length=12))
    goes_to = models.CharField(max_length=12, choices=GoesTo)
    hold = models.CharField(max_length=8, choices=Hold, default=Hold.NONE, blank=True)
    hold_days = models.PositiveSmallIntegerField(null=True, blank=True)
    needs_date = models.BooleanField(default=False)
    needs_note = models.BooleanField(default=False)
    suppresses = models.BooleanField(default=False, help_text="Never contact this person again.")
    teaches = models.CharField(max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "code"], name="reason_code_once"),
            models.UniqueConstraint(
                fields=["agreement", "letter"],
                name="reason_letter_once",
                condition=~Q(letter=""),
                violation_error_message="Another reason has this letter already.",
            ),
            models.CheckConstraint(name="reason_hold_known", condition=Q(hold__in=Hold.values)),
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return self.label

    def clean(self):
        if "reject" in (self.offered_at or []) and self.goes_to == self.GoesTo.LOST:
            raise ValidationError({"goes_to": "A rejected lead is not lost: it was no deal yet."})


class ReasonDetail(models.Model):
    """The second level: "contract until …", "budget cycle", "frozen"."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="+")
    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="details")
    code = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    needs_date = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["reason", "code"], name="reason_detail_once")
        ]
        triggers = only_in_drafts()

    def __str__(self):
        return self.label
