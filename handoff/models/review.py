"""What marketing reviews, and who looks at it: kept beside the lead, because it changes often."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ReviewEntry(models.Model):
    """In which view of the review a lead stands now (handoff/reviewing.py keeps it).

    An MQL has exactly one, and some that are none stand in NEAR or VETOED. `score` is the lead's,
    copied so that one index serves a view best first and counts it without touching a row.
    `snoozed_until`: out of its view until then. `seen_by`, `seen_until`: somebody has it open
    (handoff/presence.py).
    """

    class View(models.TextChoices):
        READY = "ready", "Ready"
        NEAR = "near", "Near the band"
        FELL = "fell", "Fell below"
        RECYCLED = "recycled", "Recycled"
        VETOED = "vetoed", "Vetoed"
        MISSING = "missing", "Missing data"

    lead = models.OneToOneField(
        "leads.Lead", on_delete=models.CASCADE, primary_key=True, related_name="review"
    )
    view = models.CharField(max_length=8, choices=View)
    score = models.DecimalField(max_digits=9, decimal_places=2)
    veto = models.CharField(max_length=80, blank=True)  # the one that holds, for VETOED
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    seen_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "review entries"
        constraints = [
            models.CheckConstraint(
                name="review_view_known",
                condition=Q(view__in=["ready", "near", "fell", "recycled", "vetoed", "missing"]),
            ),
            models.CheckConstraint(
                name="review_snoozed_by_somebody",
                condition=Q(snoozed_until=None, snoozed_by=None)
                | Q(snoozed_until__isnull=False, snoozed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["view", "-score", "-lead"],
                include=["snoozed_until"],
                name="review_best_first",
            ),
            models.Index(
                fields=["snoozed_until"],
                name="review_snoozed",
                condition=Q(snoozed_until__isnull=False),
            ),
        ]

    def __str__(self):
        return f"lead {self.lead_id}: {self.view}"
