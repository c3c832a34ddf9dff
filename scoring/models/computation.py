"""Computation: a long calculation that somebody asked for; the row first, the worker second."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Computation(models.Model):
    """`params` say what to compute, `result` is JSON for the page of its kind. Running it twice
    changes nothing but the result itself."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    LIVE = (State.WAITING, State.RUNNING)

    kind = models.CharField(max_length=20)  # a key of settings.COMPUTATIONS
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # 0: not known yet
    step = models.CharField(max_length=120, blank=True)  # what it is at, in words
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="computation_state_known",
                condition=models.Q(state__in=["waiting", "running", "done", "failed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="computation_done_has_result",
                condition=~models.Q(state="done") | models.Q(result__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                name="computation_live",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["kind", "-id"], name="computation_of_kind"),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def is_live(self):
        return self.state in self.LIVE

    @property
    def percent(self):
        return 100 * self.done // self.total if self.total else 0
