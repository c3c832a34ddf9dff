"""Notice: one sentence for one person about one event."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """Told once: an event has at most one notice of a kind for a person.

    `kind`: why this person is told. `event` is null for what is about no lead.
    """

    class Kind(models.TextChoices):
        OFFERED = "offered", "Offered to you"
        DECIDED = "decided", "Sales decided"
        ANSWERED = "answered", "Marketing answered"
        DISPUTED = "disputed", "To settle"
        SETTLED = "settled", "Dispute settled"
        WARNED = "warned", "Time runs out"
        BREACHED = "breached", "Out of time"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    event = models.ForeignKey(
        "leads.LeadEvent", null=True, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=500)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "user", "kind"], name="notice_told_once"),
            models.CheckConstraint(
                name="notice_kind_known",
                condition=Q(
                    kind__in=[
                        "offered",
                        "decided",
                        "answered",
                        "disputed",
                        "settled",
                        "warned",
                        "breached",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self):
        return self.text
