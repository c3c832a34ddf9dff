"""An offer is held once, with a reason: its clock stands still and its deadline moves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import roles
from handoff.models import Handoff, Pause
from handoff.pausing import pause
from leads.models import Lead, LeadEvent
from leads.perform import perform
from leads.refusals import Conflict, Forbidden, Missing, Refusal
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def rep():
    return RepFactory(first_name="Tomáš", last_name="Novák", team=TeamFactory())


@pytest.fixture
def lead(rep, now):
    return story.handed_off(to=rep, now=now - HOUR)


def test_the_deadline_of_lead_and_handoff_moves_by_the_pause(lead, rep, now):
    held = pause(lead, by=rep, reason="Asked to call after the fair", hours=6, now=now)
    assert held.due_at == lead.due_at + 6 * HOUR
    handoff = Handoff.objects.get(lead=lead)
    assert Lead.objects.get(pk=lead.pk).due_at == handoff.due_at == held.due_at
    stored = Pause.objects.get(handoff=handoff)
    assert (stored.starts_at, stored.ends_at, stored.by) == (now, now + 6 * HOUR, rep)


def test_it_writes_one_event_and_moves_no_stage(lead, rep, now):
    before = LeadEvent.objects.filter(lead=lead).count()
    pause(lead, by=rep, reason="On holiday", now=now)
    event = LeadEvent.objects.filter(lead=lead).latest("pk")
    assert LeadEvent.objects.filter(lead=lead).count() == before + 1
    assert (event.name, event.source, event.target, event.note) == ("paused", "", "", "On holiday")
    assert Lead.objects.get(pk=lead.pk).stage == "handed_off"


def test_without_hours_it_lasts_as_long_as_the_agreement_allows(lead, rep, now):
    assert pause(lead, by=rep, reason="On holiday", now=now).due_at == lead.due_at + 8 * HOUR


def test_it_happens_once_and_the_second_is_told_who_was_first(lead, rep, now):
    pause(lead, by=rep, reason="On holiday", now=now)
    due_at = Lead.objects.get(pk=lead.pk).due_at
    with pytest.raises(Conflict, match="Tomáš Novák held this offer already: “On holiday”"):
        pause(lead, by=rep, reason="Once more", now=now)
    assert Lead.objects.get(pk=lead.pk).due_at == due_at
    span = {"starts_at": now, "ends_at": now + HOUR}
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(handoff=Handoff.objects.get(lead=lead), by=rep, reason="x", **span)


def test_the_next_offer_of_the_same_lead_may_be_held_again(lead, rep, now):
    pause(lead, by=rep, reason="On holiday", now=now)
    other = RepFactory(team=rep.team)
    manager = UserFactory(role=roles.SALES_MANAGER)
    moved = perform(lead, "reassign", by=manager, to_user=other, now=now)
    assert pause(moved, by=other, reason="At a fair", now=now).due_at > moved.due_at


@pytest.mark.parametrize("hours", [0, -3, 9])
def test_never_longer_than_the_agreement_allows(lead, rep, now, hours):
    with pytest.raises(Missing, match="Between 1 and 8 hours"):
        pause(lead, by=rep, reason="On holiday", hours=hours, now=now)
    assert not Pause.objects.exists()


def test_there_is_no_pause_without_a_reason(lead, rep, now):
    with pytest.raises(Missing, match="Why does it have to wait"):
        pause(lead, by=rep, reason="  ", now=now)


def test_only_who_may_decide_it_may_hold_it(lead, rep, now):
    with pytest.raises(Forbidden):
        pause(lead, by=RepFactory(team=rep.team), reason="On holiday", now=now)
    manager = UserFactory(role=roles.SALES_MANAGER)
    assert pause(lead, by=manager, reason="On holiday", now=now)


def test_what_was_decided_meanwhile_is_told_by_name(lead, rep, now):
    perform(lead, "reject", by=rep, reason="spam", now=now)
    with pytest.raises(Conflict, match="Tomáš Novák rejected this lead"):
        pause(lead, by=rep, reason="On holiday", now=now)


def test_a_clock_that_has_run_out_cannot_be_held(lead, rep):
    with pytest.raises(Refusal, match="time to decide is over"):
        pause(lead, by=rep, reason="On holiday", now=lead.due_at)


def test_an_agreement_may_forbid_it(rep, now):
    story.agreement_in_force(pause_hours=0, now=now - HOUR)
    lead = story.handed_off(to=rep, now=now)
    with pytest.raises(Refusal, match="does not allow"):
        pause(lead, by=rep, reason="On holiday", now=now)


def test_an_accept_that_is_undone_brings_the_moved_deadline_back(lead, rep, now):
    held = pause(lead, by=rep, reason="On holiday", now=now)
    perform(lead, "accept", by=rep, now=now, discovery_at=now + HOUR)
    perform(lead, "undo", by=rep, now=now)
    assert Lead.objects.get(pk=lead.pk).due_at == held.due_at
    assert Handoff.objects.get(lead=lead).due_at == held.due_at
