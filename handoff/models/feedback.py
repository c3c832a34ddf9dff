"""Decisions of sales, what marketing says to them, what customer success says of who left."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Decision(models.Model):
    """What sales decided about a lead that marketing had sent, for marketing to read.

    `marketer`: the last person who approved or handed off the lead (null: the system alone did).
    `due_at`: until when it is answered, where the lead was given back (null: no answer is due).
    """

    event = models.OneToOneField(
        "leads.LeadEvent", on_delete=models.CASCADE, related_name="decision"
    )
    marketer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # see Meta.indexes
    )
    decided_at = models.DateTimeField()  # the event's, so that indexes can order by it
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="decision_newest"),
            models.Index(fields=["marketer", "-decided_at", "-id"], name="decision_of_marketer"),
            models.Index(
                fields=["due_at", "id"],
                name="decision_waiting",
                condition=Q(due_at__isnull=False, answered_at=None),
            ),
            models.Index(
                fields=["marketer", "due_at", "id"],
                name="decision_waiting_for",
                condition=Q(due_at__isnull=False, answered_at=None),
            ),
        ]

    def __str__(self):
        return f"decision {self.event_id}"


class Response(models.Model):
    """Marketing's answer to one decision of sales. A dispute waits for a sales manager."""

    class Kind(models.TextChoices):
        ANSWER = "answer", "Answered"
        DISPUTE = "dispute", "Disputed"

    class Settlement(models.TextChoices):
        UPHELD = "upheld", "The decision stands"
        RETURNED = "returned", "Back to review"

    event = models.OneToOneField(
        "leads.LeadEvent", on_delete=models.PROTECT, related_name="response"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    note = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    responded_at = models.DateTimeField()
    settlement = models.CharField(max_length=8, choices=Settlement, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settlement_note = models.TextField(blank=True, max_length=2000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="response_kind_known", condition=Q(kind__in=["answer", "dispute"])
            ),
            models.CheckConstraint(
                name="response_dispute_has_note", condition=~Q(kind="dispute") | ~Q(note="")
            ),
            models.CheckConstraint(
                name="response_settled_whole",
                condition=Q(settlement="", settled_by=None, settled_at=None)
                | Q(
                    kind="dispute",
                    settlement__in=["upheld", "returned"],
                    settled_by__isnull=False,
                    settled_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["responded_at"],
                name="response_open_dispute",
                condition=Q(kind="dispute", settlement=""),
            )
        ]

    def __str__(self):
        return f"{self.kind} to event {self.event_id}"


class Churn(models.Model):
    """A customer left: when, why, and who says so."""

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="churns")
    event = models.OneToOneField("leads.LeadEvent", on_delete=models.PROTECT, related_name="+")
    churned_on = models.DateField()
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "churned_on"], name="churn_once_a_day"),
            models.CheckConstraint(name="churn_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"churn of lead {self.lead_id} on {self.churned_on}"
