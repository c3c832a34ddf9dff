"""The outbox: a dead broker never stops a click, and the sweep hands on what it left behind."""

import threading

import pytest
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from handoff import tasks
from leads import activities, deliver
from leads.capture import capture
from leads.models import Activity, Lead, LeadEvent, StaleLead
from tests.factories import LeadFactory
from tests.story import accepted

pytestmark = pytest.mark.django_db(transaction=True)


class Broker:
    """Takes messages, or is down; `during` runs while a message is handed over."""

    def __init__(self, during=lambda: None):
        self.up, self.taken, self.during = True, [], during

    def delay(self, ids):
        if not self.up:
            raise OperationalError("connection refused")
        self.during()
        self.taken += ids


@pytest.fixture
def broker(monkeypatch):
    broker = Broker()
    monkeypatch.setattr(tasks.judge_stale, "delay", lambda ids=(): broker.delay(ids))
    return broker


@pytest.fixture
def accept_has_a_reaction(settings):
    step = settings.LEAD_PIPELINE["accept"] | {"reactions": ["handoff.tasks.judge_stale"]}
    settings.LEAD_PIPELINE = settings.LEAD_PIPELINE | {"accept": step}


def test_a_dead_broker_stops_no_activity_and_its_mark_waits(broker):
    broker.up = False
    lead = LeadFactory()
    StaleLead.objects.all().delete()
    now = timezone.now()
    activities.record([Activity(lead=lead, kind="form", happened_at=now, recorded_at=now)])
    assert StaleLead.objects.get().lead_id == lead.pk


def test_a_dead_broker_stops_no_click_and_the_sweep_delivers_once(broker, accept_has_a_reaction):
    broker.up = False
    lead = accepted()
    event = LeadEvent.objects.get(lead=lead, name="accept")
    assert lead.stage == "sal"
    assert event.dispatched_at is None

    assert deliver.sweep() == 1  # still down: the sweep lives, the event waits
    assert undelivered() == [event]

    broker.up = True
    deliver.sweep()
    deliver.sweep()
    assert broker.taken == [event.pk]
    assert undelivered() == []


def test_a_lead_is_born_also_while_the_broker_is_down(broker):
    broker.up = False
    lead = capture(now=timezone.now(), first_name="Anke")
    assert Lead.objects.filter(pk=lead.pk).exists()
    broker.up = True
    deliver.sweep()
    assert broker.taken == [event.pk for event in lead.events.all()]


def test_an_event_without_reactions_waits_for_nobody(broker):
    accepted()
    assert undelivered() == []
    assert broker.taken == []


def test_two_sweeps_at_once_deliver_once(broker):
    broker.up = False
    lead = capture(now=timezone.now(), first_name="Anke")
    broker.up = True
    broker.during = lambda: (setattr(broker, "during", lambda: None), in_a_thread(deliver.sweep))
    deliver.sweep()
    assert broker.taken == [event.pk for event in lead.events.all()]


def undelivered():
    return list(LeadEvent.objects.filter(dispatched_at=None))


def in_a_thread(work):
    def run():
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
