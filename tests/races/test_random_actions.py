"""Law 5: whatever anybody does at whatever moment, and whoever is killed, the laws hold."""

import os
import signal
from collections import Counter
from itertools import count
from random import Random

import pytest
from django.db.models import Count
from django.utils import timezone

from accounts import roles
from accounts.models import Absence
from accounts.schedules import schedule_of
from handoff import breaches, clocks
from handoff.checking import problems
from handoff.judging import judge_stale
from handoff.models import Agreement, Handoff, RotationSeat, RoutingRule
from handoff.standings import OVER
from leads import deliver
from leads.capture import capture
from leads.models import Cycle, LeadEvent
from leads.perform import transitions
from notify import reactions
from notify.models import Notice
from tests.factories import (
    CompanyFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
    WorkCalendarFactory,
)
from tests.forking import process
from tests.races.actors import act
from tests.races.work import TRAVELLER
from tests.story import agreement_in_force

PROCESSES, ACTIONS, KILLS, LEADS = 8, 5_000, 12, 40
NOTED = {"paused", "snoozed", "answered", "disputed", "settled", "churned", "warned", "breached"}
CLOCK = ["handoff", "clock"]
SAID_ONCE = {
    "warned": [*CLOCK, "percent"],
    "breached": CLOCK,
    "review_overdue": ["due_at"],
    "not_shown": ["due_at"],
}


@pytest.mark.django_db(transaction=True)
def test_five_thousand_random_actions_by_eight_processes_with_kills_break_no_law(tmp_path):
    now = timezone.now()
    agreement_in_force(exploration_share=20)
    hire()
    company = CompanyFactory()
    for number in range(LEADS):
        facts = {"email": f"l{number}@example.com", "phone": "+49 1", "last_name": "Brandt"}
        capture(now=now, company=company, country="DE", job_title="CFO", **facts)

    told = at_once(tmp_path)
    deliver.sweep()
    judge_stale()

    counts = Counter(line for line in told if not line.startswith("error"))
    assert [line for line in told if line.startswith("error")] == []
    assert sum(counts.values()) >= ACTIONS, counts
    assert lawless() == []
    assert told_twice() == []
    assert clocks_go_well()
    seen = set(LeadEvent.objects.values_list("name", flat=True))
    assert len(transitions().keys() - seen) <= 2, counts
    assert seen >= NOTED, counts
    assert Cycle.objects.filter(origin="exploration").exists()
    assert Agreement.objects.filter(status="superseded").exists()
    assert counts["Conflict"] > 100, counts
    assert not LeadEvent.objects.filter(dispatched_at=None).exists()


def lawless():
    """A sweep of next month made offers under a version that was superseded before: not a fault."""
    early = "made under a version that was not in force then"
    ahead = Handoff.objects.filter(state="pending", created_at__gt=timezone.now())
    of_tomorrow = set(ahead.values_list("lead", flat=True))
    return [p for p in problems() if not (early in p.words and p.lead_id in of_tomorrow)]


def told_twice():
    """Events that say of the same clock the same again, and notices of what was undone."""
    at_least_once()
    found = []
    for name, marks in SAID_ONCE.items():
        marks = [f"details__{mark}" for mark in marks]
        said = LeadEvent.objects.filter(name=name).order_by().values("lead", *marks)
        found += said.annotate(n=Count("pk")).filter(n__gt=1)
    return [*found, *Notice.objects.filter(read_at=None, event__undone_by__isnull=False)]


def at_least_once():
    """Whatever the processes were rung for, they are rung for again, and tell nobody more."""
    events = list(LeadEvent.objects.values_list("pk", flat=True))
    told = []
    for _ in range(2):
        reactions.tell(events, now=timezone.now())
        reactions.withdraw(events, now=timezone.now())
        told.append(Notice.objects.count())
    assert told[0] == told[1] > 0


def clocks_go_well():
    """Each offer had the time of its version, and was due when that had passed for its receiver; a
    hand-raise that was touched in time had that of other offers.
    Who travels has another deadline as soon as the clocks are looked at."""
    steady = Handoff.objects.exclude(to_user__in=Absence.objects.values("user"))
    assert steady.filter(pause__isnull=False).exists()
    assert [one for one in with_clock(steady) if not timely(one)] == []
    breaches.sweep()
    pending = Handoff.objects.filter(state="pending", warned__lt=OVER)
    return all(map(timely, with_clock(pending)))


def with_clock(handoffs):
    return handoffs.select_related("agreement__calendar", "to_user", "to_team", "pause")


def timely(handoff):
    schedule = schedule_of(handoff.to_user or handoff.to_team, handoff.agreement.calendar)
    pauses = clocks.pauses_of(handoff)

    def due_after(allowed):
        return clocks.deadline(schedule, handoff.created_at, allowed, pauses)

    short = clocks.limit_of(handoff.agreement, handoff.kind)
    longer = clocks.once_touched(handoff.agreement)
    raised = handoff.kind == Handoff.Kind.HAND_RAISE
    touched = raised and handoff.touched_at and handoff.touched_at <= due_after(short)
    expected = {longer} if touched else {short}
    if touched and handoff.state != "pending":  # perhaps touched after its decision
        expected |= {short}
    return handoff.allowed in expected and handoff.due_at == due_after(handoff.allowed)


def at_once(folder):
    """Eight processes act; now and then one is killed, and another takes its place. Returns what
    came of each action, a line each."""
    seeds, random = count(), Random(7)
    live, kill_at = [], [ACTIONS * (n + 1) // (KILLS + 1) for n in range(KILLS)]
    while (done := len(_lines(folder))) < ACTIONS:
        if kill_at and done >= kill_at[0]:
            kill_at.pop(0)
            os.kill(random.choice(live).pid, signal.SIGKILL)
        for one in live:
            one.join(0.3 / PROCESSES)
        live = [one for one in live if one.is_alive()]
        while len(live) < PROCESSES:
            seed = next(seeds)
            live.append(process(act, seed, folder / str(seed), daemon=True))
            live[-1].start()
    (folder / "stop").touch()
    for one in live:
        one.join()
    assert kill_at == []
    return _lines(folder)


def _lines(folder):
    """Whole lines: the last of a killed process may be torn."""
    files = [path for path in folder.iterdir() if path.name != "stop"]
    lines = [line for path in files for line in path.read_text().splitlines(keepends=True)]
    return [line.strip() for line in lines if line.endswith("\n")]


def hire():
    """Two teams, one of which has office hours; rules that send some to the one or to a person."""
    dach, rest = TeamFactory(countries=["DE"], calendar=WorkCalendarFactory()), TeamFactory()
    first, last = RepFactory(team=dach), RepFactory(team=rest)
    for rep, cap in ((first, 100), (last, 50)):
        RotationSeat.objects.create(team=rep.team, user=rep, daily_cap=cap)
        RepFactory(team=rep.team, first_name=TRAVELLER)
    UserFactory()
    UserFactory(role=roles.SALES_MANAGER, team=dach)
    UserFactory(role=roles.CUSTOMER_SUCCESS)
    for digit, taker in (
        ("3", {"to_team": rest, "method": "least_open"}),
        ("7", {"to_user": first}),
    ):
        condition = {"field": "lead.email", "op": "contains", "value": f"{digit}@"}
        RoutingRule.objects.create(name=f"Rule {digit}", condition=condition, **taker)
