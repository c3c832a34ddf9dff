"""Custom attributes: facts that a company adds to its leads, typed on every way in."""

import re
from datetime import date

import pgtrigger
from django.db import models

from leads.models.change import record_attribute_changes
from leads.models.typed import values_are_typed

MOST = 10**15  # as in conditions: floats are whole numbers so far
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Attribute(models.Model):
    """The definition of one custom attribute. Archived when no longer wanted, never deleted."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        BOOLEAN = "boolean", "Yes or no"
        DATE = "date", "Date"

    class Known(models.TextChoices):
        CAPTURE = "capture", "Since capture"
        UNKNOWN = "unknown", "Unknown"
        AFTER = "after_outcome", "After the outcome (barred from rules)"

    code = models.SlugField(max_length=80, unique=True)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind)
    known_since = models.CharField(max_length=14, choices=Known, default=Known.UNKNOWN)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attribute_kind_known",
                condition=models.Q(kind__in=["text", "number", "boolean", "date"]),
            ),
            models.CheckConstraint(
                name="attribute_known_since_known",
                condition=models.Q(known_since__in=["capture", "unknown", "after_outcome"]),
            ),
        ]
        triggers = [
            # Stored values and signed rules rely on both.
            pgtrigger.ReadOnly(name="fixed", fields=["code", "kind"]),
            pgtrigger.Protect(name="archive_instead", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.label

    def fits(self, value) -> bool:
        """Is this JSON value of the attribute's kind? The database refuses all others."""
        if self.kind == self.Kind.BOOLEAN:
            return isinstance(value, bool)
        if self.kind == self.Kind.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and abs(value) <= MOST  # NaN is not
        if self.kind == self.Kind.DATE:
            return isinstance(value, str) and _is_date(value)
        return isinstance(value, str) and not _UNSTORABLE.search(value)


def _is_date(text):
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class LeadAttributes(models.Model):
    """The values of one lead, beside it so that the hot table stays narrow.

    `values` maps attribute code to a JSON value of its kind: string, number, boolean, ISO date.
    Born in the lead's own transaction, so that a missing key means "was empty at birth".
    """

    lead = models.OneToOneField(
        "leads.Lead", primary_key=True, on_delete=models.CASCADE, related_name="attributes"
    )
    values = models.JSONField(default=dict)

    class Meta:
        triggers = [record_attribute_changes(), *values_are_typed()]

    def __str__(self):
        return f"attributes of lead {self.lead_id}"
