"""How long data of a kind is kept, and what each run of a rule took away."""

from django.db import models
from django.db.models import Q


class RetentionRule(models.Model):
    """One kind of data (a key of settings.RETENTION). Switched off, nothing of it ever goes."""

    kind = models.CharField(max_length=40, unique=True, editable=False)
    months = models.PositiveSmallIntegerField(help_text="Older than so many months: 1 to 240.")
    active = models.BooleanField(
        default=False, help_text="The page of privacy counts what it would take away."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="retention_months_range",
                condition=Q(months__gte=1, months__lte=240),
                violation_error_message="1 to 240 months.",
            )
        ]

    def __str__(self):
        from leads.retention import kinds

        known = kinds().get(self.kind)
        return str(known.label) if known else self.kind


class RetentionRun(models.Model):
    """`dropped` grows with each batch; a run that was killed has no `finished_at`, and the next one
    goes on where it stood."""

    rule = models.ForeignKey(RetentionRule, on_delete=models.CASCADE, related_name="runs")
    before = models.DateTimeField()  # what is older went
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    dropped = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at", "-id"], name="retention_run_newest")]

    def __str__(self):
        return f"{self.rule}: {self.dropped}"
