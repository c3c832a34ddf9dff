"""A hand-raise that is called in time is not taken away for want of an Accept: page, sweep and
reports say so."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff import agreements, breaches, inbox, restating
from handoff.models import Handoff
from handoff.pausing import pause
from handoff.restating import Kept
from handoff.way import way, with_way
from leads import activities
from leads.models import Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.factories import (
    ActivityFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
    WorkCalendarFactory,
)

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
DUE = MONDAY + 4 * HOUR


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=MONDAY - DAY, decide_hours=4, touch_minutes=60)


@pytest.fixture
def team():
    return TeamFactory(calendar=WorkCalendarFactory())


@pytest.fixture
def piotr(team):
    return RepFactory(team=team)


@pytest.fixture
def elin(team):
    return RepFactory(team=team)


def a_hand_raise(to):
    lead = story.an_mql(now=MONDAY)
    return perform(lead, "hand_off", by=UserFactory(), now=MONDAY, to_user=to, kind="hand_raise")


def noticed():
    found = LeadEvent.objects.filter(name__in=["warned", "breached"]).order_by("pk")
    return [(event.name, event.details.get("percent")) for event in found]


def states():
    return list(Handoff.objects.order_by("pk").values_list("to_user", "state"))


def called(lead, rep, minutes, reached=False):
    at = MONDAY + minutes * MINUTE
    said = {"kind": "call", "properties": {"reached": reached}}
    activities.record([ActivityFactory.build(lead=lead, by=rep, happened_at=at, **said)])


def test_who_called_a_hand_raise_in_time_keeps_it_as_long_as_any_other_offer(piotr, elin):
    lead = a_hand_raise(piotr)
    breaches.sweep(MONDAY + 50 * MINUTE)
    called(lead, piotr, 59)
    handoff = Handoff.objects.get()
    assert (handoff.due_at, handoff.allowed, handoff.warned) == (DUE, 4 * HOUR, 0)
    assert Lead.objects.get().due_at == DUE
    for minutes in (60, 60, 119):
        breaches.sweep(MONDAY + minutes * MINUTE)
    assert noticed() == [("warned", 80)]
    assert states() == [(piotr.pk, "pending")]
    for _ in range(2):
        breaches.sweep(MONDAY + 2 * HOUR)
    assert noticed() == [("warned", 80), ("warned", 50)]
    for _ in range(2):
        breaches.sweep(DUE)
    assert noticed() == [("warned", 80), ("warned", 50), ("breached", None)]
    assert states() == [(piotr.pk, "lapsed"), (elin.pk, "pending")]
    assert LeadEvent.objects.get(name="breached").details["limit"] == "4 h"
    said = LeadEvent.objects.filter(details__has_key="clock").order_by("pk")
    assert [one.details["clock"] for one in said] == ["first touch", "decision", "decision"]


def test_who_called_a_hand_raise_too_late_loses_it_all_the_same(piotr, team):
    lead = a_hand_raise(piotr)
    breaches.sweep(MONDAY + HOUR)  # with nobody else it stays
    called(lead, piotr, 61)
    assert Handoff.objects.get().due_at == MONDAY + HOUR
    elin = RepFactory(team=team)
    for _ in range(2):
        breaches.sweep(MONDAY + 2 * HOUR)
    assert states() == [(piotr.pk, "lapsed"), (elin.pk, "pending")]
    assert noticed() == [("breached", None)]
    assert LeadEvent.objects.get(name="breached").details["clock"] == "first touch"


def test_a_call_gives_no_less_time_than_there_was(piotr):
    draft = agreements.duplicate(agreements.in_force())
    draft.touch_minutes = 600
    draft.save()
    story.signed(draft, now=MONDAY - HOUR)
    lead = a_hand_raise(piotr)
    due_at = Handoff.objects.get().due_at
    called(lead, piotr, 5)
    assert (Handoff.objects.get().due_at, Handoff.objects.get().allowed) == (due_at, 10 * HOUR)


def test_a_call_between_accept_and_undo_leaves_time_to_decide(piotr, elin):
    lead, second = a_hand_raise(piotr), timedelta(seconds=1)
    at = MONDAY + 30 * MINUTE
    perform(lead, "accept", by=piotr, now=at, discovery_at=MONDAY + DAY)
    called(lead, piotr, 30)
    assert Handoff.objects.get().allowed == HOUR
    perform(lead, "undo", by=piotr, now=at + 5 * second)
    for _ in range(2):
        breaches.sweep(MONDAY + HOUR)
    assert states() == [(piotr.pk, "pending")]
    assert Handoff.objects.get().due_at == Lead.objects.get().due_at == DUE


def test_a_pause_before_the_call_goes_on_counting(piotr):
    lead = a_hand_raise(piotr)
    pause(lead, by=piotr, reason="At a fair", hours=2, now=MONDAY + 30 * MINUTE)
    called(lead, piotr, 40)
    assert Handoff.objects.get().due_at == Lead.objects.get().due_at == DUE + 2 * HOUR


def test_the_card_counts_down_to_the_first_touch_and_then_to_the_decision(client, piotr):
    lead = a_hand_raise(piotr)
    client.force_login(piotr)
    assert "first touch due Mon 30 Nov 09:00" in client.get("/inbox/").content.decode()
    called(lead, piotr, 20)
    page = client.get("/inbox/").content.decode()
    assert "first touch Mon 30 Nov 08:20" in page
    assert "decide by Mon 30 Nov 12:00" in page
    assert "first touch due" not in page
    (card,) = inbox.cards(piotr, "mine", now=MONDAY + HOUR).rows
    assert (card.clock.left, card.clock.total) == (3 * HOUR, 4 * HOUR)


def test_the_way_shows_each_limit(piotr):
    lead = a_hand_raise(piotr)
    called(lead, piotr, 20)
    now = MONDAY + 2 * HOUR
    perform(lead, "accept", by=piotr, now=now, discovery_at=MONDAY + DAY)
    handoff = with_way(Handoff.objects).get()
    clocks = {one.label: one for one in way(handoff, Lead.objects.get(), now)}
    decided, touched = clocks["Decided"], clocks["First touch"]
    assert (decided.took, decided.limit) == (2 * HOUR, 4 * HOUR)
    assert (touched.took, touched.limit) == (20 * MINUTE, HOUR)


def test_reports_judge_touch_and_decision_each_by_its_own_time(piotr):
    lead = a_hand_raise(piotr)
    called(lead, piotr, 20)
    perform(lead, "accept", by=piotr, now=MONDAY + 2 * HOUR, discovery_at=MONDAY + DAY)
    draft = agreements.duplicate(agreements.in_force())
    draft.touch_minutes = 10
    in_time, late = Kept(in_time=1), Kept(late=1)
    assert judged() == (in_time, in_time)
    assert judged(under=agreements.in_force()) == (in_time, in_time)
    assert judged(under=draft) == (late, late)


def judged(**under):
    """How hand-raises were decided and touched."""
    week = {"now": MONDAY + DAY} | under
    made = restating.Made(MONDAY, MONDAY + DAY)
    return restating.decided(made, **week)["hand_raise"], restating.touched(made, **week)
