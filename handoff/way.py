"""The way of a handoff: routed, seen, decided, first touch. Each in business time of who had to
act, so that nobody is blamed for the time of another.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts import schedules
from accounts.business_time import between
from accounts.schedules import schedule_by
from handoff import clocks
from handoff.models import Handoff
from leads.lifecycle import SAL


@dataclass(frozen=True)
class Clock:
    """One span of the way; `limit`: what the agreement allows; `running`: how long it is by now."""

    label: str
    took: timedelta | None  # None: not yet
    limit: timedelta | None = None
    running: timedelta | None = None

    @property
    def late(self):
        took = self.running if self.took is None else self.took
        return bool(took and self.limit and took > self.limit)


def with_way(handoffs):
    """With all that `way` reads."""
    told = ["to_user__team", "to_team", "event", "agreement", "pause"]
    calendars = ["to_user__calendar", "to_user__team__calendar", "to_team__calendar"]
    return handoffs.select_related(*told).annotate(
        **schedules.facts("to_user", *calendars, "agreement__calendar")
    )


def way(handoff, lead, now):
    """The Clocks of a handoff (out of `with_way`) of a lead.

    What never was and never will be is missing: who decided without a look has not to look any
    more.
    """
    schedule = schedule_by(handoff, _calendars(handoff))

    def took(moment):
        pauses = clocks.pauses_of(handoff)
        return moment and between(schedule, handoff.created_at, moment, pauses)

    pending, sal = handoff.state == Handoff.State.PENDING, lead.stage == SAL
    limit = handoff.allowed or took(handoff.due_at)
    to_touch = _to_touch(handoff, limit)
    running = took(now) if pending or sal else None
    found = _routed(handoff)
    if pending or handoff.seen_at:
        found.append(Clock(_("Seen"), took(handoff.seen_at)))
    found.append(Clock(_("Decided"), took(handoff.decided_at), limit, running))
    if pending or sal or handoff.touched_at:
        found.append(Clock(_("First touch"), took(handoff.touched_at), to_touch, running))
    return found


def _to_touch(handoff, limit):
    """A hand-raise has its own time for it, however long there is to decide once it was touched."""
    if handoff.kind != Handoff.Kind.HAND_RAISE:
        return None
    return clocks.limit_of(handoff.agreement, handoff.kind) if handoff.agreement else limit


def _calendars(handoff):
    """The ids of those that may count for who receives it."""
    agreed = handoff.agreement and handoff.agreement.calendar_id
    if (person := handoff.to_user) is None:
        return [handoff.to_team.calendar_id, agreed]
    return [person.calendar_id, person.team and person.team.calendar_id, agreed]


def _routed(handoff):
    """How long it took marketing, or for a hand-raise the system; an offer that is passed on has
    been routed before."""
    if handoff.event.name != "hand_off" or handoff.agreement is None:
        return []
    since = datetime.fromisoformat(handoff.event.details["before"]["stage_at"])
    if handoff.kind == Handoff.Kind.HAND_RAISE:
        limit = timedelta(seconds=handoff.agreement.shown_seconds)
        return [Clock(_("Routed"), handoff.created_at - since, limit)]
    limit = timedelta(hours=handoff.agreement.review_hours)
    marketing = replace(schedule_by(handoff, [handoff.agreement.calendar_id]), absences=())
    took = between(marketing, since, handoff.created_at)
    return [Clock(_("Routed"), took, limit)]
