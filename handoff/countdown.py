"""What an offer has left of its service level, in business time of who has to act: by the person's
calendar, else the team's, else that of the agreement, without the person's absences.
"""

from dataclasses import dataclass
from datetime import timedelta

from accounts import schedules
from accounts.business_time import ALWAYS, between, spans

AHEAD = timedelta(days=1)  # so far a page that stays open counts by itself


@dataclass(frozen=True)
class Countdown:
    """`left`: negative when it is over. `paused`: why the clock stands still, "" when it goes.

    `running`: when business time runs, in seconds from now.
    """

    left: timedelta
    total: timedelta
    paused: str
    running: list[tuple[int, int]]


def set_clocks(leads, now):
    """Give each lead with the facts of its offer (cards.with_offer) its `clock`; one query."""
    ids = {pk for lead in leads for pk in _calendars(lead) if pk}
    known = schedules.of_calendars(ids) if ids else {}
    for lead in leads:
        by_wall = lead.allowed is None  # of before service levels were stored
        schedule = ALWAYS if by_wall else schedules.schedule_by(lead, _calendars(lead), known)
        lead.clock = _countdown(lead, schedule, now)


def _countdown(lead, schedule, now):
    total = lead.allowed or lead.due_at - lead.offered_at
    paused = lead.pause_ends_at is not None and lead.pause_starts_at <= now < lead.pause_ends_at
    begins = lead.pause_ends_at if paused else now
    left = between(schedule, begins, lead.due_at) - between(schedule, lead.due_at, begins)
    until = max(lead.due_at, now) + AHEAD
    running = [
        (round((begin - now).total_seconds()), round((end - now).total_seconds()))
        for begin, end in spans(schedule, begins, until)
    ]
    return Countdown(left, total, lead.pause_reason if paused else "", running)


def _calendars(lead):
    """The ids of those that may count, the first one first."""
    if lead.owner is None:
        return [lead.team and lead.team.calendar_id, lead.default_calendar]
    of_team = lead.owner.team and lead.owner.team.calendar_id
    return [lead.owner.calendar_id, of_team, lead.default_calendar]
