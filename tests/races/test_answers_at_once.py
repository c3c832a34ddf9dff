"""Two people say something to one decision at the same moment: one counts, the other is told."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts import roles
from handoff.answering import answer, settle
from handoff.models import Response
from leads.models import Lead, LeadEvent
from leads.perform import perform
from leads.refusals import Conflict
from tests.factories import RepFactory, UserFactory
from tests.story import handed_off

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6
NOTE = "They asked for a quote on Monday."


@pytest.fixture
def event():
    rep = RepFactory()
    lead = handed_off(to=rep)
    perform(lead, "reject", by=rep, reason="suspect")
    return lead.events.get(name="reject")


def test_one_of_many_answers_counts(event):
    people = [UserFactory() for _ in range(PEOPLE)]

    def say(person):
        answer(event.pk, "dispute", note=NOTE, by=person, now=timezone.now())

    assert sorted(at_once(say, people)) == ["Conflict"] * (PEOPLE - 1) + ["done"]
    assert Response.objects.count() == LeadEvent.objects.filter(name="disputed").count() == 1


@pytest.mark.parametrize(("settlement", "moves"), [("upheld", 1), ("returned", 3)])
def test_one_of_many_settlements_counts_and_the_lead_moves_once(event, settlement, moves):
    answer(event.pk, "dispute", note=NOTE, by=UserFactory(), now=timezone.now())
    people = [UserFactory(role=roles.SALES_MANAGER) for _ in range(PEOPLE)]

    def say(person):
        settle(event.pk, settlement, note=NOTE, by=person, now=timezone.now())

    assert sorted(at_once(say, people)) == ["Conflict"] * (PEOPLE - 1) + ["done"]
    assert LeadEvent.objects.filter(name="settled").count() == 1
    assert LeadEvent.objects.filter(name__in=["reopen", "qualify"]).count() == moves


def test_an_undo_and_a_settlement_at_once_leave_one_of_both(event):
    answer(event.pk, "dispute", note=NOTE, by=UserFactory(), now=timezone.now())
    claire = UserFactory(role=roles.SALES_MANAGER)

    def act(person):
        if person == claire:
            settle(event.pk, "returned", note=NOTE, by=claire, now=timezone.now())
        else:
            perform(event.lead, "undo", by=event.actor)

    assert sorted(at_once(act, [claire, event.actor])) == ["Conflict", "done"]
    settled = Response.objects.get().settlement == "returned"
    assert Lead.objects.get().stage == ("mql" if settled else "handed_off")


def at_once(act, people):
    """What came of it for each: "done", or the name of the refusal."""
    found, ready = [], threading.Barrier(len(people))

    def run(person):
        ready.wait()
        try:
            act(person)
            found.append("done")
        except Conflict as refusal:
            found.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
