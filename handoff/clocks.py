"""Deadlines in business time: a review's by the hours of marketing, an offer's by those of whoever
receives it.

A deadline is computed from when it began, how much is allowed, whose hours count and what paused
it; never by adding to an earlier one.
"""

from datetime import timedelta

from accounts.business_time import ALWAYS, NeverWorks, add, between
from accounts.models import User
from accounts.schedules import calendar_schedule, schedules, team_schedules
from handoff import availability
from handoff.models import Handoff

_Kind = Handoff.Kind
DECISION, FIRST_TOUCH = "decision", "first touch"  # what is waited for


def deadline(schedule, start, allowed, pauses=()):
    """When `allowed` will have passed. `pauses`: (begin, end) in which the clock stands still."""
    return _running(schedule, start, allowed, pauses)[1]


def used(handoff, schedule, now, pauses=()):
    """The share of what is allowed that has passed by now: from 0 on, 1 when it is due."""
    allowed = allowed_for(handoff)
    counts, _due_at = _running(schedule, handoff.created_at, allowed, pauses)
    return between(counts, handoff.created_at, now, pauses) / allowed


def allowed_for(handoff):
    """One of before service levels were stored has what its due time says."""
    return handoff.allowed or handoff.due_at - handoff.created_at


def pauses_of(handoff):
    """As `deadline` takes them."""
    held = getattr(handoff, "pause", None)
    return ((held.starts_at, held.ends_at),) if held else ()


def limit_words(allowed):
    """4 h, 90 min"""
    minutes = round(allowed.total_seconds() / 60)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def start_review(batch, agreement):
    """Until when marketing decides about the leads that this batch brings into review."""
    schedule = calendar_schedule(agreement.calendar)
    hours = timedelta(hours=agreement.review_hours)
    batch.args["decide_by"] = deadline(schedule, batch.now, hours)


def start_offers(batch, agreement, seats):
    """Until when each lead that was routed must be decided. Few people get many leads of the same
    kind at one moment, so each deadline is computed once. `seats`: {user: the seat they were found
    on}, whose hours need not be asked for again."""
    said = {lead.pk: batch.args_for(lead) for lead in batch.leads}
    takers = {pk: one.get("to_user") or one.get("to_team") for pk, one in said.items()}
    default = agreement.calendar
    seated = {
        user: availability.hours(seat)
        for user, seat in seats.items()
        if availability.has_hours(seat) or default is None
    }
    theirs = seated | schedules_of(set(takers.values()) - seated.keys(), default)
    known: dict = {}
    for pk, one in said.items():
        taker, kind = takers[pk], one.get("kind", _Kind.OTHER)
        if (taker, kind) not in known:
            allowed = limit_of(agreement, kind)
            due_at = deadline(theirs[taker], batch.now, allowed)
            known[taker, kind] = {"allowed": allowed, "decide_by": due_at}
        batch.each[pk] = batch.each.get(pk, {}) | known[taker, kind]


def limit_of(agreement, kind):
    """How much business time this version gives sales to decide."""
    if kind == _Kind.HAND_RAISE:
        return timedelta(minutes=agreement.touch_minutes)
    if kind == _Kind.AUTOMATIC:
        return timedelta(hours=agreement.automatic_hours)
    return timedelta(hours=agreement.decide_hours)


def once_touched(agreement):
    """How much of it sales has to decide about a hand-raise that was touched in time."""
    return max(limit_of(agreement, kind) for kind in (_Kind.HAND_RAISE, _Kind.OTHER))


def schedules_of(receivers, default):
    """{user or team: Schedule}, by two queries. `default`: the calendar of who has none."""
    users = [one for one in receivers if isinstance(one, User)]
    teams = [one for one in receivers if not isinstance(one, User)]
    of_users = schedules(users, default) if users else {}
    of_teams = team_schedules(teams, default) if teams else {}
    return {one: of_users[one.pk] for one in users} | {one: of_teams[one.pk] for one in teams}


def _running(schedule, start, allowed, pauses):
    """(the schedule that counts, the deadline). For who never works again the clock goes on as if
    they always did: what is due on no day at all would be lost."""
    try:
        return schedule, add(schedule, start, allowed, pauses)
    except NeverWorks:
        return ALWAYS, add(ALWAYS, start, allowed, pauses)
