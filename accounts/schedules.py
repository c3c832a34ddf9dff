"""Whose hours count: the person's calendar, else the team's, else a default, else every minute.

A calendar without hours says nothing and is passed over.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.business_time import ALWAYS, between
from accounts.models import Absence, CalendarDay, User, WorkCalendar, WorkHours


def schedules(users, default=None):
    """{user id: Schedule} with their absences, by one query for any number of users.

    `default`: the calendar of those who have none, or None.
    """
    named = ["calendar", "team__calendar"]
    people = User.objects.filter(pk__in=[user.pk for user in users])
    told = people.annotate(**facts("pk", *named, default=default))
    rows = list(told.values_list("pk", *named, "absences_told", "calendars_told"))
    known = _read(calendar for *_ids, calendars in rows for calendar in calendars)
    return {
        pk: replace(
            _first_known([own, teams, default and default.pk], known), absences=_spans(away)
        )
        for pk, own, teams, away, _calendars in rows
    }


def team_schedules(teams, default=None):
    """{team id: Schedule} by one query; a team is never absent."""
    known = of_calendars([*(team.calendar_id for team in teams), default and default.pk])
    return {
        team.pk: _first_known([team.calendar_id, default and default.pk], known) for team in teams
    }


def schedule_of(user_or_team, default=None):
    """The Schedule of one user or team."""
    found = schedules if isinstance(user_or_team, User) else team_schedules
    return found([user_or_team], default)[user_or_team.pk]


def calendar_schedule(calendar):
    """By the hours of this calendar; None: every minute."""
    pk = calendar and calendar.pk
    return _first_known([pk], of_calendars([pk]))


def of_calendars(ids):
    """{calendar id: Schedule} of those that have hours, by one query. Whose they are, and who is
    absent, the caller knows."""
    calendars = WorkCalendar.objects.filter(pk__in={pk for pk in ids if pk})
    return _read(calendars.values_list(_told(), flat=True))


def facts(user, *calendars, default=None):
    """Annotations for rows which name a user and calendars by these paths: what `schedule_by`
    reads, so that it costs no query of its own."""
    away = Absence.objects.filter(user=OuterRef(user)).order_by("pk")
    ids = [*map(OuterRef, calendars), *([default.pk] if default else [])]
    named = WorkCalendar.objects.filter(pk__in=ids)
    return {
        "absences_told": absences_told(away),
        "calendars_told": ArraySubquery(named.values(told=_told())),
    }


def absences_told(absences):
    """The annotation `absences_told` of `facts` by itself, of these absences."""
    span = JSONObject(begins="starts_at", ends="ends_at")
    return ArraySubquery(absences.values(told=span))


def schedule_by(row, calendars, known=None):
    """By the first of these calendars (ids) that has hours, with the absences of the row's user.

    `known`: what `of_calendars` found, for rows that do not tell their calendars.
    """
    found = _first_known(calendars, _read(row.calendars_told) if known is None else known)
    return replace(found, absences=_spans(row.absences_told))


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


def _told():
    """A calendar as JSON."""
    hours = WorkHours.objects.filter(calendar=OuterRef("pk")).order_by("weekday", "opens")
    days = CalendarDay.objects.filter(calendar=OuterRef("pk"))
    shift = JSONObject(weekday="weekday", opens="opens", closes="closes")
    return JSONObject(
        pk="pk",
        zone="time_zone",
        country="country",
        subdivision="subdivision",
        hours=ArraySubquery(hours.values(told=shift)),
        closed=ArraySubquery(days.values("on")),
    )


def _read(told):
    calendars = {calendar["pk"]: calendar for calendar in told if calendar["hours"]}
    return {pk: _schedule(calendar) for pk, calendar in calendars.items()}


def _spans(away):
    moments = datetime.fromisoformat
    return tuple((moments(one["begins"]), moments(one["ends"])) for one in away)


def _schedule(told):
    week = [[], [], [], [], [], [], []]
    for one in told["hours"]:
        opens, closes = time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])
        week[one["weekday"]].append(WorkHours(opens=opens, closes=closes).span)
    closed = frozenset(map(date.fromisoformat, told["closed"]))
    return replace(
        ALWAYS,
        zone=ZoneInfo(told["zone"]),
        week=tuple(map(tuple, week)),
        closed=ClosedDays(closed, told["country"], told["subdivision"]),
    )
