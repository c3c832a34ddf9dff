"""Six tabs of one browser send while it becomes known, twice, who sits there: nothing is lost."""

import json
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from intake import visitors
from intake.models import Site, Visit, Visitor
from leads.models import Activity, Consent
from tests.factories import LeadFactory
from tests.forking import FORK, process

KEY, ORIGIN = UUID(int=7), "https://www.halden.example"
TABS, DOORS, EVENTS = 6, 2, 10


@pytest.mark.django_db(transaction=True)
def test_every_event_is_the_leads_once():
    Site.objects.create(origin=ORIGIN, name="Halden")
    lead = LeadFactory()
    _send("first")
    ready = FORK.Barrier(TABS + DOORS)
    tabs = [process(_browse, n, ready) for n in range(TABS)]
    doors = [process(_identify, lead, ready) for _ in range(DOORS)]
    for one in tabs + doors:
        one.start()
    for one in tabs + doors:
        one.join(60)
    assert [one.exitcode for one in tabs + doors] == [0] * (TABS + DOORS)
    assert Visitor.objects.get().lead == lead
    assert not Visit.objects.exists()
    ids = Activity.objects.filter(lead=lead).values_list("external_id", flat=True)
    sent = {f"{KEY}:{n // 2}-{event}" for n in range(TABS) for event in range(EVENTS)}
    assert sorted(ids) == sorted(sent | {f"{KEY}:first"})
    assert Consent.objects.count() == 1


def _browse(n, ready):
    """Two tabs each send the same."""
    ready.wait(30)
    for event in range(EVENTS):
        _send(f"{n // 2}-{event}")


def _identify(lead, ready):
    ready.wait(30)
    visitors.identify(KEY, lead, now=timezone.now(), proof={"by": "test"})


def _send(external_id):
    event = {"id": external_id, "name": "page_view", "path": "/"}
    body = json.dumps({"visitor": KEY.hex, "events": [event]})
    answer = Client().generic("POST", "/t/", body, headers={"Origin": ORIGIN})
    assert answer.status_code == 204
