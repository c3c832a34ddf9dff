"""Handoff: marketing's offer of one lead; Opportunity: the deal that may come of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from handoff.models.agreement import Agreement
from leads.words import reason_words


class Handoff(models.Model):
    """One offer to a person or a team under one agreement version; decided once.

    `kind` and `allowed`: the service level that it was made under, in business time of the
    receiver; a pending hand-raise that was touched in time has that of other offers. `warned`:
    percent of it that somebody was already warned of (0, 50, 80, 100).
    `touched_at`: the first call, email or meeting after it was made.
    """

    class Kind(models.TextChoices):
        HAND_RAISE = "hand_raise", "Hand-raise"
        AUTOMATIC = "automatic", "Automatic"
        OTHER = "other", "Other"

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        RECALLED = "recalled", "Recalled"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"
        REROUTED = "rerouted", "Rerouted"

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="handoffs")
    agreement = models.ForeignKey(Agreement, null=True, on_delete=models.PROTECT)
    event = models.ForeignKey("leads.LeadEvent", on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="handoffs",
        db_index=False,
    )
    to_team = models.ForeignKey(
        "accounts.Team", null=True, on_delete=models.PROTECT, related_name="handoffs"
    )
    why = models.CharField(max_length=120, blank=True)  # "DACH, round robin"
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    allowed = models.DurationField(null=True)  # null: of before service levels were stored
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_event = models.ForeignKey(
        "leads.LeadEvent", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], name="handoff_one_pending", condition=Q(state="pending")
            ),
            models.CheckConstraint(
                name="handoff_to_somebody",
                condition=Q(to_user__isnull=False) | Q(to_team__isnull=False),
            ),
            models.CheckConstraint(
                name="handoff_kind_known",
                condition=Q(kind__in=["hand_raise", "automatic", "other"]),
            ),
            models.CheckConstraint(
                name="handoff_warned_known", condition=Q(warned__in=[0, 50, 80, 100])
            ),
            models.CheckConstraint(
                name="handoff_decided_once",
                condition=Q(state="pending", decided_at=None, decided_event=None)
                | (~Q(state="pending") & Q(decided_at__isnull=False, decided_event__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(  # within the statement, because each more is felt in a handoff
                name="leaves_review",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func="""
                    DELETE FROM handoff_reviewentry entry USING fresh
                    WHERE entry.lead_id = fresh.lead_id AND fresh.state = 'pending';
                    RETURN NULL;
                """,
            )
        ]
        indexes = [
            models.Index(fields=["to_user", "lead"], name="handoff_of_user"),
            models.Index(fields=["to_user", "created_at"], name="handoff_of_user_since"),
            models.Index(fields=["to_user", "decided_at"], name="handoff_of_user_decided"),
            models.Index(
                fields=["due_at"], name="handoff_pending_due", condition=Q(state="pending")
            ),
        ]

    def __str__(self):
        return f"handoff of lead {self.lead_id}: {self.state}"

    @property
    def reason(self) -> str:
        """Why it was decided so, in words; "" where nobody said."""
        return reason_words(self.decided_event) if self.decided_event else ""


class Opportunity(models.Model):
    """The documented deal: potential at SAL, open at SQL, then won or lost."""

    class Status(models.TextChoices):
        POTENTIAL = "potential", "Potential"
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="opportunities")
    event = models.ForeignKey("leads.LeadEvent", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.POTENTIAL)
    product = models.CharField(max_length=120, blank=True)
    need = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    expected_close_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_event = models.ForeignKey(
        "leads.LeadEvent", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "opportunities"
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                name="opportunity_one_going",
                condition=Q(status__in=["potential", "open"]),
            ),
            models.CheckConstraint(
                name="opportunity_closed_at",
                condition=Q(status__in=["potential", "open"], closed_at=None)
                | Q(status__in=["won", "lost"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="opportunity_lost_why", condition=~Q(status="lost") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="opportunity_amount_not_negative",
                condition=Q(amount=None) | Q(amount__gte=0),
            ),
        ]

    def __str__(self):
        return f"opportunity of lead {self.lead_id}: {self.status}"


class Pause(models.Model):
    """The clock of a handoff stands still, for a reason: once for each handoff."""

    handoff = models.OneToOneField(Handoff, on_delete=models.CASCADE, related_name="pause")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="pause_ends", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="pause_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"pause of {self.handoff_id}: {self.reason}"
