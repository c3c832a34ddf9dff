"""Routing: ordered rules that say which team or person gets a lead, and the seats of the teams."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from leads.conditions import ConditionField


class RoutingRule(models.Model):
    """The first rule whose condition holds decides; else the team that serves the country."""

    class Method(models.TextChoices):
        ROUND_ROBIN = "round_robin", "Round robin, by weight"
        LEAST_OPEN = "least_open", "Least open work"

    name = models.CharField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    condition = ConditionField(null=True, blank=True)  # none: every lead
    to_team = models.ForeignKey(
        "accounts.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    method = models.CharField(max_length=12, choices=Method, default=Method.ROUND_ROBIN)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                name="routing_rule_to_one",
                condition=Q(to_team=None, to_user__isnull=False)
                | Q(to_team__isnull=False, to_user=None),
                violation_error_message="Name a team or a person, and not both.",
            ),
            models.CheckConstraint(
                name="routing_method_known", condition=Q(method__in=["round_robin", "least_open"])
            ),
        ]

    def __str__(self):
        return self.name


class RotationSeat(models.Model):
    """A person's place in a team: how many turns they had, their weight and their caps.

    Two turns of weight 2 count as one of weight 1. Caps: new handoffs of the person's own day and
    week, which no turn exceeds; the weekly one is shown as capacity. No cap: no limit.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats"
    )
    turns = models.PositiveIntegerField(default=0)
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    daily_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    weekly_cap = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="seat_once"),
            models.CheckConstraint(
                name="seat_has_weight",
                condition=Q(weight__gte=1, weight__lte=10),
                violation_error_message="A weight is 1 to 10.",
            ),
        ]

    def __str__(self):
        return f"{self.user} in {self.team}"
