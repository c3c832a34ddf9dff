"""Who a lead is for other systems, and what is left of somebody who asked to be forgotten."""

from django.db import models
from django.db.models import Q


class ExternalId(models.Model):
    """The id by which one system knows a lead. A lead has any number, each names one lead.

    Ids that no system was named for stand in Lead.external_id.
    """

    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="external_ids", db_index=False
    )
    system = models.CharField(max_length=60)  # "hubspot", the name of an API key
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="external_id_once"),
            models.CheckConstraint(
                name="external_id_complete", condition=~Q(system="") & ~Q(value="")
            ),
        ]
        indexes = [models.Index(fields=["lead"], name="external_id_of_lead")]

    def __str__(self):
        return f"{self.system} {self.value}"


class Tombstone(models.Model):
    """A key of an erased person, as a keyed digest (leads/tombstones.py): it is recognised when it
    comes again, and tells nobody who it was."""

    class Kind(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Phone"
        EXTERNAL_ID = "id", "External ID"

    kind = models.CharField(max_length=5, choices=Kind)
    digest = models.CharField(max_length=64)
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="tombstone_once"),
            models.CheckConstraint(
                name="tombstone_kind_known", condition=Q(kind__in=["email", "phone", "id"])
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} erased {self.erased_at:%Y-%m-%d}"
