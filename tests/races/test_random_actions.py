"""Law 5: whatever anybody does at whatever moment, and whoever is killed, the laws hold."""

import multiprocessing
import os
import signal
from collections import Counter
from itertools import count
from random import Random

import pytest
from django.db import connections
from django.utils import timezone

from accounts import roles
from handoff.checking import problems
from handoff.judging import judge_stale
from leads import deliver
from leads.capture import capture
from leads.models import LeadEvent
from leads.perform import transitions
from tests.factories import CompanyFactory, RepFactory, TeamFactory, UserFactory
from tests.races.actors import act
from tests.story import agreement_in_force

PROCESSES, ACTIONS, KILLS, LEADS = 8, 5_000, 12, 40


@pytest.mark.django_db(transaction=True)
def test_five_thousand_random_actions_by_eight_processes_with_kills_break_no_law(tmp_path):
    now = timezone.now()
    agreement_in_force()
    hire()
    company = CompanyFactory()
    for number in range(LEADS):
        facts = {"email": f"l{number}@example.com", "phone": "+49 1", "last_name": "Brandt"}
        capture(now=now, company=company, country="DE", job_title="CFO", **facts)

    told = at_once(tmp_path)
    deliver.sweep()
    judge_stale()

    counts = Counter(line for line in told if not line.startswith("error"))
    assert sum(counts.values()) >= ACTIONS, counts
    assert [line for line in told if line.startswith("error")] == []
    assert problems() == []
    seen = set(LeadEvent.objects.values_list("name", flat=True))
    assert len(transitions().keys() - seen) <= 2, counts
    assert counts["Conflict"] > 100, counts
    assert counts["paused"] > 0, counts
    assert not LeadEvent.objects.filter(dispatched_at=None).exists()


def at_once(folder):
    """Eight processes act; now and then one is killed, and another takes its place. Returns what
    came of each action, a line each."""
    connections.close_all()
    fork, seeds, random = multiprocessing.get_context("fork"), count(), Random(7)
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
            live.append(fork.Process(target=act, args=(seed, folder / str(seed)), daemon=True))
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
    dach, rest = TeamFactory(countries=["DE"]), TeamFactory()
    for team in (dach, dach, rest):
        RepFactory(team=team)
    UserFactory()
    UserFactory(role=roles.SALES_MANAGER, team=dach)
    UserFactory(role=roles.CUSTOMER_SUCCESS)
