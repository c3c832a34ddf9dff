"""Campaigns: what was done to win leads, how links tell it, and what it cost day by day."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

_UTM = (
    "Pattern of it in links, in any letter case; * stands for any text. Empty: whatever it says; "
    "all empty: the UTM campaign is the name above."
)


class Campaign(models.Model):
    """The UTM patterns say which touches belong to it (leads/campaigns.py)."""

    UTM = ("source", "medium", "campaign", "content", "term")

    name = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    utm_source = models.CharField("UTM source", max_length=120, blank=True, help_text=_UTM)
    utm_medium = models.CharField("UTM medium", max_length=120, blank=True)
    utm_campaign = models.CharField("UTM campaign", max_length=120, blank=True)
    utm_content = models.CharField("UTM content", max_length=120, blank=True)
    utm_term = models.CharField("UTM term", max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_start",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="It ends before it starts.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("campaigns:detail", args=[self.pk])

    @property
    def patterns(self):
        """{"source": "google"}: the patterns that are filled in; with none, links name it."""
        found = {name: getattr(self, f"utm_{name}").strip() for name in self.UTM}
        return {name: said for name, said in found.items() if said} or {"campaign": self.name}


class CampaignCost(models.Model):
    """What a campaign cost on a day, in EUR. The note tells several of one day apart."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="costs", db_index=False
    )
    on = models.DateField()
    amount = models.DecimalField("amount, EUR", max_digits=12, decimal_places=2)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "on", "note"],
                name="campaigncost_once",
                violation_error_message="This day has a cost already; give it a note of its own.",
            ),
            models.CheckConstraint(
                name="campaigncost_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message="A cost is 0 or more.",
            ),
        ]

    def __str__(self):
        return f"{self.campaign_id} on {self.on}: {self.amount}"
