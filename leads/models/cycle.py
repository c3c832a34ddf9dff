"""Cycle: one pass of a lead from MQL (or claim) to its outcome."""

from django.conf import settings
from django.db import models


class Cycle(models.Model):
    """A pure fold of the lead's LeadEvents (leads/cycles.py); nothing else writes it.

    Real data has deals won before the first contact: no constraint orders the moments.
    """

    class Origin(models.TextChoices):
        SYSTEM = "system", "System"
        MARKETER = "marketer", "Marketer"
        HAND_RAISE = "hand_raise", "Hand-raise"
        TARGET_LIST = "target_list", "Target list"
        SALES = "sales", "Claimed by sales"
        EXPLORATION = "exploration", "Exploration sample"
        OVERRIDE = "override", "Manager's override"
        RECYCLED = "recycled", "Woken from nurture"
        IMPORT = "import", "Import"

    class Outcome(models.TextChoices):
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"
        REJECTED = "rejected", "Rejected by sales"
        RECYCLED = "recycled", "Given to nurture"
        DISQUALIFIED = "disqualified", "Disqualified"
        DEMOTED = "demoted", "Demoted"
        MERGED = "merged", "Merged into another lead"

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=12, choices=Origin)
    source = models.CharField(max_length=100, blank=True)
    campaign_id = models.BigIntegerField(null=True)
    score = models.DecimalField(max_digits=9, decimal_places=2)
    grade = models.CharField(max_length=2, blank=True)
    model = models.IntegerField(null=True)  # version of the scoring model
    agreement = models.IntegerField(null=True)  # version of the agreement
    opened_at = models.DateTimeField()
    handed_off_at = models.DateTimeField(null=True)
    handoffs = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    qualified_at = models.DateTimeField(null=True)  # became SQL
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.OPEN)
    reason = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "number"], name="cycle_number_once"),
            models.UniqueConstraint(
                fields=["lead"], name="cycle_one_open", condition=models.Q(outcome="open")
            ),
            models.CheckConstraint(
                name="cycle_closed_with_outcome",
                condition=models.Q(outcome="open", closed_at__isnull=True)
                | (~models.Q(outcome="open") & models.Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="cycle_opened"),
            models.Index(fields=["closed_at", "outcome"], name="cycle_closed"),
            models.Index(fields=["accepted_at"], name="cycle_accepted"),
            models.Index(fields=["qualified_at"], name="cycle_qualified"),
            models.Index(
                fields=["campaign_id"],
                name="cycle_of_campaign",
                condition=models.Q(campaign_id__isnull=False),
            ),
            models.Index(
                fields=["lead"],
                name="cycle_recycled",
                condition=models.Q(outcome="open", origin="recycled"),
            ),
        ]

    def __str__(self):
        return f"cycle {self.number} of lead {self.lead_id}"
