"""The scorecard of both sides: what was promised for a month, beside what happened.

Everything is read from Cycle, Handoff and LeadEvent. Service levels are judged under the version
that each handoff was made under, or restated under another one, as are the promises themselves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.business_time import Schedule, between
from accounts.schedules import calendar_schedule
from handoff import promises, restating
from handoff.definition import definition
from handoff.models import Commitment, Handoff
from insights import reaching
from leads.models import Cycle, LeadEvent

Measure = Commitment.Measure
STATUS = {  # how a promise stands: its word, icon and colour
    "kept": (_lazy("Kept"), "check", "green"),
    "on_pace": (_lazy("On pace"), "check", "green"),
    "at_risk": (_lazy("At risk"), "alert-triangle", "orange"),
    "missed": (_lazy("Missed"), "x", "red"),
    "unknown": (_lazy("Nothing to judge"), "minus", "secondary"),
}
NEAR = 5  # points of percent by which a running month may still be saved


@dataclass(frozen=True)
class Line:
    """One promise. `good` of `all`, or a bare number where `all` is None."""

    measure: str
    label: str
    promise: str
    good: int
    all: int | None
    note: str
    status: str

    @property
    def actual(self):
        if self.all is None:
            return str(self.good)
        return f"{self.percent:.0f} %" if self.all else "–"

    @property
    def percent(self):
        return 100 * self.good / self.all if self.all else 0

    @property
    def word(self):
        return STATUS[self.status][0]

    @property
    def icon(self):
        return STATUS[self.status][1]

    @property
    def tone(self):
        return STATUS[self.status][2]


@dataclass(frozen=True)
class Month:
    """`since` to before `until`, at `now`: how much of its working time is over (0 to 1), by the
    `hours` of the agreement."""

    since: datetime
    until: datetime
    now: datetime
    share: float
    hours: Schedule

    @property
    def is_over(self):
        return self.now >= self.until

    @property
    def following(self):
        """None for the month that is not over."""
        return self.until if self.is_over else None

    @property
    def previous(self):
        return (self.since - timedelta(days=1)).replace(day=1)


def month_of(moment, agreement, now):
    """The month of that moment in the reader's zone, in working time of the agreement."""
    since = timezone.localtime(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    day = (since + timedelta(days=32)).replace(day=1)
    until = timezone.make_aware(day.replace(tzinfo=None), since.tzinfo)
    schedule = calendar_schedule(agreement and agreement.calendar)
    whole = between(schedule, since, until)
    gone = between(schedule, since, min(now, until)) if now > since else timedelta(0)
    return Month(since, until, now, gone / whole if whole else 1.0, schedule)


def scorecard(month, agreement, *, under=None):
    """{"marketing": Lines, "sales": Lines} of what `agreement` promises.

    `under`: an Agreement by whose service levels the handoffs are judged instead of their own.
    """
    sides: dict[str, list[Line]] = {"marketing": [], "sales": []}
    facts = _Facts(month, agreement, under)
    for one in agreement.commitments.all():
        good, all_, note = _MEASURES[one.measure](facts, one)
        sides[one.side].append(
            Line(
                measure=one.measure,
                label=promises.measure_words(one, agreement),
                promise=promises.value_words(one),
                good=good,
                all=all_,
                note=note,
                status=_status(one, good, all_, month),
            )
        )
    return sides


class _Facts:
    """What happened in a month, as far as several promises ask for it: each is read once."""

    def __init__(self, month, agreement, under):
        self.month, self.agreement, self.under = month, agreement, under

    @cached_property
    def made(self):
        return restating.Made(self.month.since, self.month.until)

    @cached_property
    def opened(self):
        """{all, good}: what the system, marketing and the leads themselves made, and how many of
        them had the grade that was promised. Claims are sales' own, a sample is nobody's promise,
        and woken leads were counted when they came first."""
        origins = [Cycle.Origin.SALES, Cycle.Origin.EXPLORATION, Cycle.Origin.RECYCLED, "import"]
        since, until = self.month.since, self.month.until
        cycles = Cycle.objects.filter(opened_at__gte=since, opened_at__lt=until)
        best = self.agreement.minimum_grade or "D4"
        grades = [fit + n for fit in "ABCD" for n in "1234" if fit <= best[0] and n <= best[1]]
        return cycles.exclude(origin__in=origins).aggregate(
            all=Count("pk"), good=Count("pk", filter=Q(grade__in=grades))
        )


def _status(one, good, all_, month):
    if all_ is None:
        if good >= one.value:
            return "kept"
        if month.is_over:
            return "missed"
        return "on_pace" if good >= one.value * month.share else "at_risk"
    if not all_:
        return "unknown"
    short = 100 * good / all_ - one.value  # below zero: less than promised
    short = -short if one.measure in Commitment.AT_MOST else short
    if short >= 0:
        return "kept"
    return "at_risk" if short >= -NEAR and not month.is_over else "missed"


def _mqls(facts, promise):
    note = ""
    if not facts.month.is_over:
        note = _("%d by today would be on pace") % round(promise.value * facts.month.share)
    return facts.opened["all"], None, note


def _grade(facts, _promise):
    row = facts.opened
    return row["good"], row["all"], _of(row)


def _data(facts, _promise):
    """Of the leads handed off: the facts required today are there today. Who was erased or merged
    since had them, or would not have been handed off."""
    empty = Q()
    for one in definition(facts.agreement.pk).required:
        name = f"lead__{one.fact}"
        empty |= Q(**{f"{name}__isnull": True}) if one.fact == "company" else Q(**{name: ""})
    month = facts.month
    made = Handoff.objects.filter(created_at__gte=month.since, created_at__lt=month.until)
    there = Q(lead__erased_at=None, lead__merged_into=None)
    row = made.aggregate(
        all=Count("lead", distinct=True),
        bad=Count("lead", distinct=True, filter=empty & there)
        if empty
        else Count("pk", filter=Q(pk=None)),
    )
    row["good"] = row["all"] - row["bad"]
    return row["good"], row["all"], _of(row)


def _rejected(facts, _promise):
    """Of what sales decided; a misrouted offer is not counted against marketing."""
    month = facts.month
    decided = Handoff.objects.filter(decided_at__gte=month.since, decided_at__lt=month.until)
    row = decided.filter(state__in=["accepted", "rejected"]).aggregate(
        all=Count("pk"), good=Count("pk", filter=Q(state="rejected"))
    )
    return row["good"], row["all"], _of(row)


def _decided(facts, _promise):
    found = restating.decided(facts.made, now=facts.month.now, under=facts.under)
    return _judged(found.values())


def _touched(facts, _promise):
    return _judged([restating.touched(facts.made, now=facts.month.now, under=facts.under)])


def _attempts(facts, _promise):
    month = facts.month
    good, all_ = reaching.within(facts.agreement, month.since, month.until, month.hours)
    return good, all_, _of({"good": good, "all": all_})


def _reasons(facts, _promise):
    month = facts.month
    rejects = LeadEvent.objects.filter(
        name="reject", undone_by=None, happened_at__gte=month.since, happened_at__lt=month.until
    )
    row = rejects.aggregate(all=Count("pk"), good=Count("pk", filter=~Q(reason="")))
    return row["good"], row["all"], _of(row)


def _judged(found):
    in_time, late, waiting = (
        sum(getattr(one, name) for one in found) for name in ("in_time", "late", "open")
    )
    words = ngettext("%(late)d late, %(open)d open", "%(late)d late, %(open)d open", late)
    return in_time, in_time + late, words % {"late": late, "open": waiting}


def _of(row):
    return _("%(good)d of %(all)d") % row if row["all"] else ""


_MEASURES = {
    Measure.MQLS: _mqls,
    Measure.GRADE: _grade,
    Measure.DATA: _data,
    Measure.REJECTED: _rejected,
    Measure.DECIDED: _decided,
    Measure.TOUCHED: _touched,
    Measure.ATTEMPTS: _attempts,
    Measure.REASONS: _reasons,
}
