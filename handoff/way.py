"""The way of a handoff: routed, seen, decided, first touch. Each in business time of who had to
act, so that nobody is blamed for the time of another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.business_time import between
from accounts.schedules import calendar_schedule, schedule_of
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


def way(handoff, lead, now):
    """The Clocks of a handoff (with agreement, calendar, event and pause) of a lead.

    What never was and never will be is missing: who decided without a look has not to look any
    more.
    """
    calendar = handoff.agreement and handoff.agreement.calendar
    schedule = schedule_of(handoff.to_user or handoff.to_team, calendar)

    def took(moment):
        pauses = clocks.pauses_of(handoff)
        return moment and between(schedule, handoff.created_at, moment, pauses)

    pending, sal = handoff.state == Handoff.State.PENDING, lead.stage == SAL
    limit = handoff.allowed or took(handoff.due_at)
    to_touch = limit if handoff.kind == Handoff.Kind.HAND_RAISE else None
    running = took(now) if pending or sal else None
    found = _routed(handoff, calendar)
    if pending or handoff.seen_at:
        found.append(Clock(_("Seen"), took(handoff.seen_at)))
    found.append(Clock(_("Decided"), took(handoff.decided_at), limit, running))
    if pending or sal or handoff.touched_at:
        found.append(Clock(_("First touch"), took(handoff.touched_at), to_touch, running))
    return found


def _routed(handoff, calendar):
    """How long it took marketing, or for a hand-raise the system; an offer that is passed on has
    been routed before."""
    if handoff.event.name != "hand_off" or handoff.agreement is None:
        return []
    since = datetime.fromisoformat(handoff.event.details["before"]["stage_at"])
    if handoff.kind == Handoff.Kind.HAND_RAISE:
        limit = timedelta(seconds=handoff.agreement.shown_seconds)
        return [Clock(_("Routed"), handoff.created_at - since, limit)]
    limit = timedelta(hours=handoff.agreement.review_hours)
    took = between(calendar_schedule(calendar), since, handoff.created_at)
    return [Clock(_("Routed"), took, limit)]
