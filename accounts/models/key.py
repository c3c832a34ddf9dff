"""Keys by which other systems come in, and the answers that are kept for those who ask twice."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """One system's way in. The secret itself is nowhere: a keyed digest recognises it."""

    class Scope(models.TextChoices):
        READ_LEADS = "leads:read", "Read leads and their cycles"
        WRITE_LEADS = "leads:write", "Create and update leads"
        WRITE_ACTIVITIES = "activities:write", "Record activities"
        WRITE_OUTCOMES = "outcomes:write", "Move leads, as the person it acts as"
        READ_HANDOFFS = "handoffs:read", "Read handoffs"

    name = models.CharField(
        max_length=60, unique=True, help_text="The system and what for: HubSpot, nightly."
    )
    prefix = models.CharField(max_length=10, editable=False)  # how people tell secrets apart
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    system = models.CharField(
        max_length=60,
        blank=True,
        help_text="Whose ids it sends, as in imports: hubspot. Empty: the name of the key.",
    )
    acts_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Sees what this person sees, and moves leads in their name and with their"
        " rights. Empty: sees every lead, moves none.",
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)  # to the minute
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = "API key"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="key_scopes_known",
                condition=Q(
                    scopes__contained_by=[
                        "leads:read",
                        "leads:write",
                        "activities:write",
                        "outcomes:write",
                        "handoffs:read",
                    ]
                )
                & ~Q(scopes=[]),
            ),
            models.CheckConstraint(
                name="key_moves_as_somebody",
                condition=~Q(scopes__contains=["outcomes:write"]) | Q(acts_as__isnull=False),
                violation_error_message="Name the person in whose name it moves leads.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def sender(self):
        """Whose external ids it sends; also the source of its activities."""
        return self.system or self.name

    @property
    def door(self):
        """How the changes that it made are marked: "api HubSpot"."""
        return f"api {self.name}"


class KeptAnswer(models.Model):
    """What was answered to a request with an Idempotency-Key; asked again, it is answered again.

    Written in the transaction of what the request did (accounts/repeating.py).
    """

    key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, related_name="kept_answers", db_index=False
    )
    name = models.CharField(max_length=255)  # the Idempotency-Key
    fingerprint = models.CharField(max_length=64)  # of method, path and body
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="kept_answer_once")]
        indexes = [models.Index(fields=["answered_at"], name="kept_answer_age")]

    def __str__(self):
        return f"{self.key_id} {self.name}"
