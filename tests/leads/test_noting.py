"""Events that move nobody: how they stand in a timeline, and that nothing else changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads import cycles
from leads.models import Cycle, Lead, LeadEvent
from leads.noting import note_event, note_events
from leads.perform import perform
from leads.timeline import timeline
from tests import story
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def told(name, **said):
    lead = LeadFactory()
    note_event(lead, name, by=None, now=timezone.now(), **said)
    return timeline(lead.pk).moments[0]


@pytest.mark.parametrize(
    ("name", "details", "title", "lines"),
    [
        (
            "warned",
            {"clock": "decision", "percent": 80},
            "Warned, by the system",
            ["80 % of the time for the decision"],
        ),
        (
            "breached",
            {"clock": "first touch", "limit": "60 min"},
            "Out of time, by the system",
            ["60 min for the first touch"],
        ),
        ("review_overdue", {}, "Review overdue, by the system", []),
        ("something_new", {}, "Something new, by the system", []),
    ],
)
def test_the_timeline_says_it_in_words(name, details, title, lines):
    moment = told(name, details=details)
    assert (moment.title, moment.lines) == (title, lines)


def test_what_was_said_of_a_lead_moves_it_nowhere_and_no_cycle_counts_it():
    lead = story.handed_off()
    before = Lead.objects.filter(pk=lead.pk).values().get(), Cycle.objects.values().get()
    note_event(lead, "answered", by=UserFactory(), now=timezone.now(), note="Thanks.")
    assert (Lead.objects.filter(pk=lead.pk).values().get(), Cycle.objects.values().get()) == before
    assert cycles.differing([lead.pk]) == []


def test_it_stands_in_nobodys_way_who_undoes():
    ivana, now = UserFactory(), timezone.now()
    lead = story.handed_off(by=ivana, now=now)
    note_event(lead, "warned", by=None, now=now)
    lead = perform(lead, "undo", by=ivana, now=now + timedelta(seconds=5))
    assert lead.stage == "mql"


def test_what_has_no_reaction_waits_for_none(settings):
    settings.LEAD_PIPELINE = {"warned": {"reactions": ["notify.tasks.tell"]}}
    lead, now = LeadFactory(), timezone.now()
    for name in ("warned", "paused"):
        note_events([(lead, {"note": name})], name, by=None, now=now)
    waiting = LeadEvent.objects.filter(dispatched_at=None)
    assert [event.name for event in waiting] == ["warned"]
