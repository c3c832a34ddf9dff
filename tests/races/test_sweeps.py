"""A breach is told once and passed on once: two sweeps at the same moment, one that is killed in
between, and a rep who accepts at the last moment."""

import os
import signal
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import breaches, overdue
from handoff.checking import problems
from handoff.models import Handoff
from leadops import celery_app
from leads import deliver
from leads.models import LeadEvent
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import RepFactory, TeamFactory
from tests.forking import FORK, process

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
DUE = NOW + timedelta(hours=4)
LEADS, SWEEPS = 12, 4


@pytest.fixture(autouse=True)
def offers():
    """To one of three reps, who does nothing about it."""
    story.agreement_in_force(now=NOW, decide_hours=4, review_hours=4)
    team = TeamFactory()
    reps = RepFactory.create_batch(3, team=team)
    for _ in range(LEADS):
        story.handed_off(to=reps[0], now=NOW)
        story.an_mql(now=NOW)


def forked(act, *args):
    """`act` in a process of its own, with connections of its own."""

    def run():
        celery_app.conf.task_always_eager = False
        act(*args)

    one = process(run, daemon=True)
    one.start()
    return one


def killed_at(place, monkeypatch, name):
    """Sweep in a process that is killed (-9) as soon as it comes to `place.name`."""
    reached = FORK.Event()

    def stand_still(*_args, **_said):
        reached.set()
        signal.pause()

    with monkeypatch.context() as patch:
        patch.setattr(place, name, stand_still)
        sweeping = forked(breaches.sweep, DUE)
        assert reached.wait(30)
        os.kill(sweeping.pid, signal.SIGKILL)
        sweeping.join()


def breached():
    return LeadEvent.objects.filter(name="breached")


def each_was_passed_on_once():
    assert breached().count() == LEADS
    assert breached().values("lead").distinct().count() == LEADS
    for handoffs in (
        Handoff.objects.filter(state="lapsed", warned=100),
        Handoff.objects.filter(state="pending", warned=0),
    ):
        assert handoffs.values("lead").distinct().count() == handoffs.count() == LEADS
    assert problems() == []
    return True


def test_several_sweeps_at_the_same_moment_say_and_pass_on_once():
    ready = FORK.Barrier(SWEEPS)

    def sweep():
        ready.wait()
        breaches.sweep(DUE)
        overdue.sweep(DUE)

    for one in [forked(sweep) for _ in range(SWEEPS)]:
        one.join()
        assert one.exitcode == 0
    assert each_was_passed_on_once()
    assert LeadEvent.objects.filter(name="review_overdue").count() == LEADS


def test_killed_between_the_breach_and_the_reassignment_it_did_neither(monkeypatch):
    killed_at(breaches, monkeypatch, "_pass_on")
    breaches.sweep(DUE - timedelta(minutes=1))  # waits until PostgreSQL has noticed
    assert not breached().exists()
    assert not Handoff.objects.filter(state="lapsed").exists()
    breaches.sweep(DUE)
    assert each_was_passed_on_once()


def test_killed_before_the_manager_was_told_the_outbox_tells_once(monkeypatch, settings):
    step = {"reactions": ["handoff.tasks.judge_stale"]}
    settings.LEAD_PIPELINE = settings.LEAD_PIPELINE | {"breached": step}
    killed_at(deliver, monkeypatch, "deliver")
    told = []
    monkeypatch.setattr("handoff.tasks.judge_stale.delay", told.extend)
    breaches.sweep(DUE)
    deliver.sweep()
    deliver.sweep()
    assert each_was_passed_on_once()
    assert sorted(told) == sorted(breached().values_list("pk", flat=True))


def test_who_accepts_at_the_last_moment_has_it_or_is_too_late():
    ready = FORK.Barrier(2)
    leads = [handoff.lead for handoff in Handoff.objects.select_related("lead__owner")]

    def accept():
        ready.wait()
        for lead in leads:
            with suppress(Refusal):
                perform(lead, "accept", by=lead.owner, now=DUE, discovery_at=DUE + timedelta(1))

    def sweep():
        ready.wait()
        breaches.sweep(DUE)

    for one in [forked(accept), forked(sweep)]:
        one.join()
        assert one.exitcode == 0
    in_time = Handoff.objects.filter(state="accepted")
    assert in_time.count() + breached().count() == LEADS
    assert not breached().filter(lead__in=in_time.values("lead")).exists()
    assert problems() == []
