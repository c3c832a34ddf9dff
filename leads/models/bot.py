"""The signs that an activity is a machine's: edited in the admin, read by leads/bots.py."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

_VERDICTS = [("suspected", "Suspected bot"), ("bot", "Bot")]


class BotRule(models.Model):
    """One heuristic with its thresholds. The heuristics are code, so rows are only changed."""

    class Heuristic(models.TextChoices):
        LINKS = "links", "Different links of one email within seconds"
        REPEATS = "repeats", "The same hit again and again"
        DELIVERY = "delivery", "Opened or clicked seconds after delivery"
        HEAD = "head", "HEAD request"

    heuristic = models.CharField(max_length=10, choices=Heuristic, unique=True, editable=False)
    seconds = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Within how many seconds; at most 600."
    )
    count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many make it suspicious; at least 2."
    )
    gives = models.CharField(max_length=10, choices=_VERDICTS, default="suspected")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="botrule_heuristic_known",
                condition=Q(heuristic__in=["links", "repeats", "delivery", "head"]),
            ),
            models.CheckConstraint(
                name="botrule_gives_known", condition=Q(gives__in=["suspected", "bot"])
            ),
            models.CheckConstraint(
                name="botrule_seconds",
                condition=Q(heuristic="head", seconds=None)
                | (~Q(heuristic="head") & Q(seconds__isnull=False, seconds__range=(0, 600))),
                violation_error_message="0 to 600 seconds; none for HEAD requests.",
            ),
            models.CheckConstraint(
                name="botrule_count",
                condition=Q(heuristic__in=["delivery", "head"], count=None)
                | (Q(heuristic__in=["links", "repeats"]) & Q(count__isnull=False, count__gte=2)),
                violation_error_message="A count of 2 or more for links and repeated hits; "
                "none for the others.",
            ),
        ]

    def __str__(self):
        return self.get_heuristic_display()

    def clean(self):
        """A form leaves out the laws that name a column which it does not show."""
        self.validate_constraints()


class BotAgent(models.Model):
    """Who says this in its user agent is no person."""

    text = models.CharField(
        max_length=80, help_text="Part of the user agent, in any letter case: python-requests"
    )
    gives = models.CharField(max_length=10, choices=_VERDICTS, default="bot")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                Lower("text"), name="botagent_once", violation_error_message="It is listed already."
            ),
            # Shorter ones would be found in the agents of people.
            models.CheckConstraint(
                name="botagent_text_long_enough",
                condition=Q(text__regex=r"\S.*\S.*\S"),
                violation_error_message="At least three letters.",
            ),
            models.CheckConstraint(
                name="botagent_gives_known", condition=Q(gives__in=["suspected", "bot"])
            ),
        ]

    def __str__(self):
        return self.text
