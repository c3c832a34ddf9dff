"""Law 5: whatever anybody does at whatever moment, the laws of the domain hold."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from accounts import roles
from handoff.checking import problems
from leads import cycles
from leads.capture import capture
from leads.models import Lead, LeadEvent
from leads.perform import transitions
from tests.factories import CompanyFactory, RepFactory, TeamFactory, UserFactory
from tests.races.actors import act
from tests.story import agreement_in_force

PROCESSES, ACTIONS, LEADS = 4, 500, 40


@pytest.mark.django_db(transaction=True)
def test_two_thousand_random_actions_by_four_processes_break_no_law():
    now = timezone.now()
    agreement_in_force()
    hire()
    company = CompanyFactory()
    for number in range(LEADS):
        facts = {"email": f"l{number}@example.com", "phone": "+49 1", "last_name": "Brandt"}
        capture(now=now, company=company, country="DE", job_title="CFO", **facts)

    counts, errors = at_once(ACTIONS)

    assert not errors, "\n".join(errors)
    assert problems() == []
    assert cycles.differing(Lead.objects.values_list("pk", flat=True)) == []
    assert sum(counts.values()) == PROCESSES * ACTIONS
    seen = set(LeadEvent.objects.values_list("name", flat=True))
    assert len(transitions().keys() - seen) <= 2, counts
    assert counts["Conflict"] > 100, counts


def at_once(actions):
    """Let every process act; each opens connections of its own."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(PROCESSES, mp_context=fork) as pool:
        done = list(pool.map(act, range(PROCESSES), [actions] * PROCESSES))
    return sum((one for one, _ in done), Counter()), [e for _, errors in done for e in errors]


def hire():
    dach, rest = TeamFactory(countries=["DE"]), TeamFactory()
    for team in (dach, dach, rest):
        RepFactory(team=team)
    UserFactory()
    UserFactory(role=roles.SALES_MANAGER, team=dach)
    UserFactory(role=roles.CUSTOMER_SUCCESS)
