"""The consent ledger: what a person allowed or withdrew, for what, when, and what proves it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models.change import mark_stale


class Consent(models.Model):
    """One entry. The newest by `happened_at` of a purpose counts. Append-only."""

    class Purpose(models.TextChoices):
        MARKETING_EMAIL = "marketing_email", "Marketing by email"
        PHONE = "phone", "Calls"
        TRACKING = "tracking", "Tracking of visits"

    class Basis(models.TextChoices):
        CONSENT = "consent", "Consent"
        CONTRACT = "contract", "Contract"
        INTEREST = "legitimate_interest", "Legitimate interest"

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="consents", db_index=False
    )
    purpose = models.CharField(max_length=20, choices=Purpose)
    given = models.BooleanField()  # False: withdrawn or refused
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.CONSENT)
    text_version = models.CharField(max_length=60, blank=True)  # "newsletter 3"
    text = models.TextField(blank=True)  # what the person read
    proof = models.JSONField(default=dict, blank=True)  # form, address, double opt-in moment
    source = models.CharField(max_length=80, blank=True)  # the door: "form demo", "import 7"
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_purpose_known",
                condition=Q(purpose__in=["marketing_email", "phone", "tracking"]),
            ),
            models.CheckConstraint(
                name="consent_basis_known",
                condition=Q(basis__in=["consent", "contract", "legitimate_interest"]),
            ),
        ]
        indexes = [models.Index(fields=["lead", "purpose", "-happened_at"], name="consent_of_lead")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            mark_stale("lead_id"),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}: {'given' if self.given else 'withdrawn'}"
