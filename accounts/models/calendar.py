"""When people work: weekly hours in a time zone, days off, and the absences of one person.

schedules.py reads these rows into what business_time.py computes with.
"""

from datetime import time, timedelta
from zoneinfo import available_timezones

import holidays
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.constraints import Deferrable
from django.db.models.functions import Coalesce, Extract, NullIf

MIDNIGHT = time(0)
DAY = timedelta(days=1)


def known_time_zone(name):
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone. Name one as Europe/Warsaw.")


class WorkCalendar(models.Model):
    """The weekly hours of an office, and the days on which it is closed."""

    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[known_time_zone], help_text="As Europe/Warsaw."
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        help_text="Closed on the public holidays of this country (ISO 3166, as PL).",
    )
    subdivision = models.CharField(
        max_length=40, blank=True, help_text="And on those of its region, as BY for Bavaria."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="calendar_region_of_a_country", condition=Q(subdivision="") | ~Q(country="")
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        self.country, self.subdivision = self.country.upper(), self.subdivision.strip()
        regions = holidays.list_supported_countries()
        if self.country and self.country not in regions:
            raise ValidationError({"country": "The holidays of this country are not known."})
        if self.subdivision and self.subdivision not in regions.get(self.country, ()):
            known = ", ".join(regions.get(self.country, ())) or "none"
            raise ValidationError({"subdivision": f"Not a region of this country ({known})."})


def _only(field):
    """A range that holds one number: equality for an exclusion, without an extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


def _seconds(field):
    return Extract(field, "epoch")


class WorkHours(models.Model):
    """One interval of a weekday, local time. Several a day make a lunch break."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField(help_text="00:00 is the end of the day.")

    class Meta:
        verbose_name_plural = "hours"
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(name="hours_weekday_known", condition=Q(weekday__range=(0, 6))),
            models.CheckConstraint(
                name="hours_open_before_they_close",
                condition=Q(opens__lt=F("closes")) | Q(closes=MIDNIGHT),
            ),
            # Judged at the end of the transaction: rows may trade places.
            ExclusionConstraint(
                name="hours_once_at_a_time",
                expressions=[
                    (_only("calendar"), "&&"),
                    (_only("weekday"), "&&"),
                    (
                        Func(
                            _seconds("opens"),
                            Coalesce(NullIf(_seconds("closes"), Value(0)), Value(24 * 60 * 60)),
                            function="numrange",
                        ),
                        "&&",
                    ),
                ],
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        closes = "24:00" if self.closes == MIDNIGHT else f"{self.closes:%H:%M}"
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{closes}"

    @property
    def span(self):
        """Opening and closing time as durations since midnight."""
        return _since_midnight(self.opens), _since_midnight(self.closes) or DAY

    def clean(self):
        if None not in (self.opens, self.closes) and self.span[0] >= self.span[1]:
            raise ValidationError({"closes": "It must close after it opens."})


def _since_midnight(at):
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


class CalendarDay(models.Model):
    """One more day on which a calendar is closed: a company holiday, a day between two."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="days")
    on = models.DateField("closed on")
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "closed day"
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="closed_day_once")]

    def __str__(self):
        return f"{self.on} {self.name}".strip()


class Absence(models.Model):
    """A person is away, from a moment to a moment."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="absence_starts_before_it_ends",
                condition=Q(starts_at__lt=F("ends_at")),
                violation_error_message="An absence must end after it starts.",
            )
        ]

    def __str__(self):
        return f"{self.user} away from {self.starts_at:%Y-%m-%d %H:%M}"
