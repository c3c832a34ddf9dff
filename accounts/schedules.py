"""Whose hours count: the person's calendar, else the team's, else a default, else every minute.

A calendar without hours says nothing and is passed over.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.business_time import ALWAYS, between
from accounts.models import Absence, CalendarDay, User, WorkCalendar, WorkHours


def schedules(users, default=None):
    """{user id: Schedule} with their absences, by three queries for any number of users.

    `default`: the calendar of those who have none, or None.
    """
    ids = [user.pk for user in users]
    calendars = User.objects.filter(pk__in=ids).values_list("pk", "calendar", "team__calendar")
    theirs = {pk: [own, teams, default and default.pk] for pk, own, teams in calendars}
    known = of_calendars({pk for some in theirs.values() for pk in some if pk})
    away = defaultdict(list)
    for pk, *span in Absence.objects.filter(user__in=ids).values_list(
        "user", "starts_at", "ends_at"
    ):
        away[pk].append(tuple(span))
    return {
        pk: replace(_first_known(some, known), absences=tuple(away[pk]))
        for pk, some in theirs.items()
    }


def schedule_of(user_or_team, default=None):
    """The Schedule of one user, or of a team, which is never absent."""
    if isinstance(user_or_team, User):
        return schedules([user_or_team], default)[user_or_team.pk]
    some = [user_or_team.calendar_id, default and default.pk]
    return _first_known(some, of_calendars({pk for pk in some if pk}))


def of_calendars(ids):
    """{calendar id: Schedule} of those that have hours, by one query; whose they are, and when who
    is away, the caller knows."""
    calendars = WorkCalendar.objects.filter(pk__in=ids).annotate(
        hours_of=ArraySubquery(_rows(WorkHours, "weekday", "opens", "closes")),
        closed_on=ArraySubquery(_rows(CalendarDay, "on")),
    )
    return {calendar.pk: _schedule(calendar) for calendar in calendars if calendar.hours_of}


def is_working(schedule, at):
    return between(schedule, at, at + timedelta.resolution) > timedelta(0)


def absent(users, at):
    """The ids of those of the users who are absent at that moment."""
    away = Absence.objects.filter(user__in=users, starts_at__lte=at, ends_at__gt=at)
    return set(away.values_list("user", flat=True))


@dataclass(frozen=True)
class ClosedDays:
    """The days on which a calendar is closed; public holidays are computed for years asked for."""

    own: frozenset[date]
    country: str
    subdivision: str

    def __contains__(self, day):
        return day in self.own or bool(
            self.country and day in _public(self.country, self.subdivision, day.year)
        )


@lru_cache(maxsize=1024)
def _public(country, subdivision, year):
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, expand=False)
    return frozenset(found)


def _first_known(calendars, known):
    return next((known[pk] for pk in calendars if pk in known), ALWAYS)


def _schedule(calendar):
    week = [[], [], [], [], [], [], []]
    for said in calendar.hours_of:
        hours = [time.fromisoformat(said[name]) for name in ("opens", "closes")]
        week[said["weekday"]].append(WorkHours(opens=hours[0], closes=hours[1]).span)
    closed = frozenset(date.fromisoformat(said["on"]) for said in calendar.closed_on)
    return replace(
        ALWAYS,
        zone=ZoneInfo(calendar.time_zone),
        week=tuple(map(tuple, week)),
        closed=ClosedDays(closed, calendar.country, calendar.subdivision),
    )


def _rows(model, *names):
    """Of the calendar around, in their order."""
    rows = model.objects.filter(calendar=OuterRef("pk")).order_by(*names)
    return rows.values(said=JSONObject(**{name: name for name in names}))
