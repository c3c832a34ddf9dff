"""How the clock of a handoff stands: when it is due, which mark it passed, whether its receiver is
away. Nothing is written here."""

from dataclasses import dataclass, replace
from datetime import datetime

from handoff import clocks
from handoff.models import Agreement, Handoff

WARNINGS, OVER = (50, 80), 100


@dataclass(frozen=True)
class Standing:
    """`percent`: the last mark that was passed; `away`: the receiver comes back too late."""

    handoff: Handoff
    due_at: datetime
    percent: int
    away: bool

    @property
    def is_offer(self):
        """Else it was accepted."""
        return self.handoff.state == Handoff.State.PENDING

    @property
    def waits_for_touch(self):
        """Else for a decision."""
        touched_at = self.handoff.touched_at
        touched = touched_at is not None and touched_at <= self.handoff.due_at
        return self.handoff.kind == Handoff.Kind.HAND_RAISE and not touched

    @property
    def has_moved(self):
        """A calendar was changed or an absence entered since its due time was stored."""
        return self.is_offer and self.due_at != self.handoff.due_at

    @property
    def warns(self):
        return self.handoff.warned < self.percent < OVER and not self.away

    @property
    def is_breach(self):
        return self.percent == OVER

    @property
    def asks(self):
        """Is there anything to do?"""
        return self.has_moved or self.warns or self.is_breach or self.away


def standings(handoffs, now):
    """Of handoffs with lead, receiver and pause; in three queries."""
    receivers = {one: _receiver(one) for one in handoffs}
    theirs = _schedules(receivers)
    return [_standing(one, theirs[one], now) for one in receivers]


def _receiver(handoff):
    """Who has to act; after an accept whoever has the lead."""
    if handoff.state == Handoff.State.PENDING:
        return handoff.to_user or handoff.to_team
    return handoff.lead.owner


def _schedules(receivers):
    """{handoff: the schedule by which its clock runs}; who has no calendar goes by the one of the
    agreement that it was made under."""
    ids = {one.agreement_id for one in receivers} - {None}
    made_under = Agreement.objects.select_related("calendar").in_bulk(ids)
    by_default: dict = {}
    for handoff in receivers:
        agreement = made_under.get(handoff.agreement_id)
        by_default.setdefault(agreement and agreement.calendar, []).append(handoff)
    found = {}
    for default, some in by_default.items():
        theirs = clocks.schedules_of({receivers[one] for one in some}, default)
        found |= {one: theirs[receivers[one]] for one in some}
    return found


def _standing(handoff, schedule, now):
    due_at = _due_at(handoff, schedule)
    percent = OVER if due_at <= now else _percent(handoff, schedule, now)
    is_offer = handoff.state == Handoff.State.PENDING
    away = is_offer and percent < OVER and _is_away(handoff, schedule, due_at, now)
    return Standing(handoff, due_at, percent, away)


def _due_at(handoff, schedule):
    if handoff.allowed is None:
        return handoff.due_at
    pauses = clocks.pauses_of(handoff)
    return clocks.deadline(schedule, handoff.created_at, handoff.allowed, pauses)


def _percent(handoff, schedule, now):
    passed = (now - handoff.created_at) / clocks.allowed_for(handoff)
    if passed * 100 < min(WARNINGS):  # nor has more business time passed
        return 0
    share = clocks.used(handoff, schedule, now, clocks.pauses_of(handoff))
    return max((mark for mark in WARNINGS if share * 100 >= mark), default=0)


def _is_away(handoff, schedule, due_at, now):
    """Would the time be over before they are back? Whom somebody chose although they were away is
    waited for."""
    gone = [span for span in schedule.absences if span[0] <= now < span[1]]
    if not gone:
        return False
    were_away = tuple(span for span in schedule.absences if span[1] <= now)
    would_be_due = _due_at(handoff, replace(schedule, absences=were_away))
    entered_later = due_at != handoff.due_at
    return any(
        back >= would_be_due and (since > handoff.created_at or entered_later)
        for since, back in gone
    )
