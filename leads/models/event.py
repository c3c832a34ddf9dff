"""LeadEvent: audit trail, timeline, outbox and the source of every report, in one table."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from leads.lifecycle import MOVES_WITH_REASON


class LeadEvent(models.Model):
    """Something happened to a lead: it moved (source → target), or was born, merged, edited.

    Append-only; `dispatched_at` alone may change: "its reactions are enqueued".
    """

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="events")
    name = models.CharField(max_length=30)
    source = models.CharField(max_length=12, blank=True)
    target = models.CharField(max_length=12, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: the system
    happened_at = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    score = models.DecimalField(max_digits=9, decimal_places=2)
    grade = models.CharField(max_length=2, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    group = models.UUIDField(null=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    dispatched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_has_reason",
                condition=~models.Q(name__in=MOVES_WITH_REASON) | ~models.Q(reason=""),
            ),
            models.CheckConstraint(
                name="event_undo_names_its_event",
                condition=models.Q(name="undo", undoes__isnull=False)
                | (~models.Q(name="undo") & models.Q(undoes__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "id"], name="event_of_lead"),
            models.Index(
                fields=["id"],
                name="event_undispatched",
                condition=models.Q(dispatched_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["dispatched_at"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"{self.name} of lead {self.lead_id}"
