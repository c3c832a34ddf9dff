"""Were the service levels kept? Judged under the version each was made under, or restated under
another one: what would have been late if that one had been in force.

Everything is measured in working time of who had to act, pauses left out. Reports read Handoff and
Cycle only.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Least

from accounts.business_time import between
from accounts.schedules import calendar_schedule
from handoff.clocks import limit_of, once_touched, pauses_of, schedules_of
from handoff.models import Agreement, Handoff
from leads.models import Cycle

REVIEW = "review"  # beside the kinds of handoffs: marketing's own service level
_State, _Kind = Handoff.State, Handoff.Kind


@dataclass(frozen=True)
class Kept:
    """`open`: not decided, and not late yet; also what was taken away before its time was over."""

    in_time: int = 0
    late: int = 0
    open: int = 0

    @property
    def percent(self):
        """In time, of all that can be told; None when nothing can."""
        told = self.in_time + self.late
        return 100 * self.in_time / told if told else None


class Made:
    """The handoffs made from `since` until before `until`, and whose hours count for each.

    Left out is what sales had no chance to decide: recalled, withdrawn, given to another by a
    manager, or imported.
    """

    def __init__(self, since, until):
        self.rows = list(_handoffs(since, until))
        self._theirs = {}
        for agreement in {one.agreement for one in self.rows}:
            mine = {_receiver(one) for one in self.rows if one.agreement_id == agreement.pk}
            found = schedules_of(mine, agreement.calendar)
            self._theirs |= {(agreement.pk, one): schedule for one, schedule in found.items()}

    def taken(self, handoff, end):
        """The business time of its receiver, else of the agreement, from when it was made."""
        schedule = self._theirs[handoff.agreement_id, _receiver(handoff)]
        return between(schedule, handoff.created_at, end, pauses_of(handoff))


def decided(made, *, now, under=None):
    """{kind of handoff: Kept} of what was Made.

    `under`: an Agreement whose service levels count instead of each handoff's own.
    """
    counts: Counter = Counter()
    for handoff in made.rows:
        limit = _limit_under(under, handoff, made) if under else _own_limit(handoff)
        taken = made.taken(handoff, handoff.decided_at or now)
        counts[handoff.kind, _verdict(handoff, taken, limit)] += 1
    return {kind: _kept(counts, kind) for kind in _Kind.values}


def touched(made, *, now, under=None):
    """Kept: were the hand-raises that were offered in the period touched in time?

    A hand-raise that was offered again counts with each who had it and did not touch it.
    """
    counts: Counter = Counter()
    for handoff in made.rows:
        if handoff.kind == _Kind.HAND_RAISE:
            limit = limit_of(under or handoff.agreement, _Kind.HAND_RAISE)
            taken = made.taken(handoff, handoff.touched_at or now)
            done = "in_time" if handoff.touched_at else "open"
            counts[_Kind.HAND_RAISE, "late" if taken > limit else done] += 1
    return _kept(counts, _Kind.HAND_RAISE)


def reviewed(since, until, *, now, under=None):
    """{REVIEW: Kept}: did marketing decide within the agreed time on the MQLs of the period?

    Claims of sales and imported history never were marketing's; nor is what the system demoted, or
    what became part of another lead before anybody had decided.
    """
    counts: Counter = Counter()
    versions = {one.version: one for one in Agreement.objects.select_related("calendar")}
    clocks = {version: calendar_schedule(one.calendar) for version, one in versions.items()}
    for version, opened_at, acted_at in _reviews(since, until):
        own = versions.get(version)
        judge = under or own
        if judge and own:
            limit = timedelta(hours=judge.review_hours)
            taken = between(clocks[own.version], opened_at, acted_at or now)
            late = "late" if taken > limit else "in_time" if acted_at else "open"
            counts[REVIEW, late] += 1
    return {REVIEW: _kept(counts, REVIEW)}


def _receiver(handoff):
    return handoff.to_user or handoff.to_team


def _handoffs(since, until):
    made = Handoff.objects.filter(created_at__gte=since, created_at__lt=until)
    made = made.exclude(state__in=[_State.RECALLED, _State.WITHDRAWN])
    made = made.exclude(state=_State.REROUTED, decided_event__name="reassign")
    made = made.exclude(agreement=None)
    return made.select_related("agreement__calendar", "to_user", "to_team", "pause")


def _limit_under(agreement, handoff, made):
    limit = limit_of(agreement, handoff.kind)
    if handoff.kind != _Kind.HAND_RAISE or not handoff.touched_at:
        return limit
    if handoff.decided_at and handoff.decided_at < handoff.touched_at:
        return limit
    in_time = made.taken(handoff, handoff.touched_at) <= limit
    return once_touched(agreement) if in_time else limit


def _own_limit(handoff):
    """What its clock was; before that was stored, what its agreement says."""
    return handoff.allowed or limit_of(handoff.agreement, handoff.kind)


def _verdict(handoff, taken, limit):
    if taken > limit:
        return "late"
    if handoff.state in (_State.PENDING, _State.LAPSED):
        return "open"
    return "in_time"


def _reviews(since, until):
    """(agreement version, became MQL, was handed off or left) of each."""
    cycles = Cycle.objects.filter(opened_at__gte=since, opened_at__lt=until)
    cycles = cycles.exclude(origin__in=[Cycle.Origin.SALES, Cycle.Origin.IMPORT])
    cycles = cycles.exclude(outcome=Cycle.Outcome.DEMOTED, reason="no_path")
    cycles = cycles.exclude(outcome=Cycle.Outcome.MERGED, handed_off_at=None)
    acted = Least("handed_off_at", "closed_at")
    return cycles.values_list("agreement", "opened_at", acted)


def _kept(counts, kind):
    return Kept(**{name: counts[kind, name] for name in ("in_time", "late", "open")})
