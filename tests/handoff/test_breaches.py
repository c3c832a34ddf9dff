"""The sweep of the clocks: who is warned, what is a breach, who gets the lead next; each once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from accounts.models import Absence
from handoff import breaches, tasks
from handoff.models import Handoff, Pause
from leads.models import Lead, LeadEvent
from leads.perform import perform
from leads.words import reason_words
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=WARSAW)  # 4 business hours end at 13:00
DUE = MONDAY + 4 * HOUR


@pytest.fixture
def team():
    return TeamFactory(calendar=WorkCalendarFactory())


@pytest.fixture
def elin(team):
    return RepFactory(team=team)


@pytest.fixture
def piotr(team):
    return RepFactory(team=team)


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(
        now=MONDAY - DAY, decide_hours=4, automatic_hours=4, touch_minutes=60
    )


@pytest.fixture
def lead(piotr):
    return story.handed_off(to=piotr, now=MONDAY)


def a_hand_raise(to):
    lead = story.an_mql(now=MONDAY)
    return perform(lead, "hand_off", by=UserFactory(), now=MONDAY, to_user=to, kind="hand_raise")


def events(*names):
    found = LeadEvent.objects.filter(name__in=names).order_by("pk")
    return [(event.name, event.details.get("percent")) for event in found]


def noticed():
    return events("warned", "breached")


def states():
    return list(Handoff.objects.order_by("pk").values_list("to_user", "state"))


def test_a_fresh_offer_asks_for_nothing(lead):
    breaches.sweep(MONDAY + 2 * HOUR - MINUTE)
    assert noticed() == []
    assert Handoff.objects.get().warned == 0


def test_it_warns_at_half_and_at_most_of_the_time_once_each(lead):
    for minutes in (120, 121, 191, 192, 193, 239):
        breaches.sweep(MONDAY + minutes * MINUTE)
    assert noticed() == [("warned", 50), ("warned", 80)]
    event = LeadEvent.objects.filter(name="warned").first()
    handoff = Handoff.objects.get()
    assert event.details == {"handoff": handoff.pk, "clock": "decision", "percent": 50}
    assert (event.actor, event.source, event.target) == (None, "", "")
    assert (event.happened_at, handoff.warned) == (MONDAY + 2 * HOUR, 80)


def test_a_scheduler_that_was_down_warns_of_the_last_mark_only(lead):
    breaches.sweep(MONDAY + 3.5 * HOUR)
    assert noticed() == [("warned", 80)]


def test_nights_and_weekends_warn_nobody(piotr):
    story.handed_off(to=piotr, now=MONDAY - 3 * DAY + 8 * HOUR)  # Friday 17:00
    breaches.sweep(MONDAY - MINUTE)
    assert noticed() == []
    breaches.sweep(MONDAY + HOUR)
    assert noticed() == [("warned", 50)]


def test_at_the_end_it_lapses_and_somebody_else_gets_it(lead, piotr, elin):
    breaches.sweep(DUE)
    assert noticed() == [("breached", None)]
    assert states() == [(piotr.pk, "lapsed"), (elin.pk, "pending")]
    old, new = Handoff.objects.order_by("pk")
    assert (old.warned, new.warned, new.due_at) == (100, 0, DUE + 4 * HOUR)
    assert old.reason == "Not decided in time"
    assert old.decided_event.name == "reassign"
    event = LeadEvent.objects.get(name="breached")
    said = {"handoff": old.pk, "clock": "decision", "allowed": "P0DT04H00M00S", "limit": "4 h"}
    assert event.details == said
    assert Lead.objects.get(pk=lead.pk).due_at == new.due_at


def test_swept_twice_nothing_happens_twice(lead, elin):
    for _ in range(2):
        breaches.sweep(DUE)
    assert noticed() == [("breached", None)]
    assert Handoff.objects.count() == 2


def test_never_to_anybody_who_had_it(lead, piotr, elin):
    breaches.sweep(DUE)
    breaches.sweep(DUE + 5 * HOUR)  # 18:00: the office has closed, an hour is left
    assert states() == [(piotr.pk, "lapsed"), (elin.pk, "pending")]
    for days in (1, 2, 3):
        breaches.sweep(DUE + days * DAY)
    assert states() == [(piotr.pk, "lapsed"), (elin.pk, "pending")]
    assert noticed() == [("breached", None), ("breached", None)]


def test_with_nobody_else_it_stays_and_is_told_once(lead, piotr):
    for days in range(3):
        breaches.sweep(DUE + days * DAY)
    assert noticed() == [("breached", None)]
    assert states() == [(piotr.pk, "pending")]
    assert Handoff.objects.get().warned == 100
    assert Handoff.objects.get().due_at == DUE


def test_what_stayed_goes_on_when_somebody_else_comes(lead, piotr, team):
    breaches.sweep(DUE)
    elin = RepFactory(team=team)
    breaches.sweep(DUE + HOUR)
    assert noticed() == [("breached", None)]
    assert states() == [(piotr.pk, "lapsed"), (elin.pk, "pending")]


def test_what_stayed_may_still_be_accepted(lead, piotr):
    breaches.sweep(DUE)
    accepted = perform(lead, "accept", by=piotr, now=DUE + HOUR, discovery_at=DUE + DAY)
    assert accepted.stage == "sal"


def test_an_offer_to_a_team_lapses_to_one_of_them(team, piotr):
    lead = story.an_mql(now=MONDAY)
    perform(lead, "hand_off", by=UserFactory(), now=MONDAY, to_team=team, offer_to_team=True)
    breaches.sweep(DUE)
    assert states() == [(None, "lapsed"), (piotr.pk, "pending")]


def test_what_was_decided_is_left_alone(lead, piotr, elin):
    perform(lead, "accept", by=piotr, now=MONDAY, discovery_at=MONDAY + DAY)
    breaches.sweep(DUE + DAY)
    assert noticed() == []
    assert states() == [(piotr.pk, "accepted")]


def test_a_pause_stops_the_clock(lead, piotr):
    handoff = Handoff.objects.get()
    span = {"starts_at": MONDAY + HOUR, "ends_at": MONDAY + 3 * HOUR}
    Pause.objects.create(handoff=handoff, by=piotr, reason="At a fair", **span)
    breaches.sweep(MONDAY + 3.5 * HOUR)
    assert noticed() == []
    breaches.sweep(MONDAY + 4 * HOUR)
    assert noticed() == [("warned", 50)]
    handoff.refresh_from_db()
    assert handoff.due_at == Lead.objects.get(pk=lead.pk).due_at == MONDAY + 6 * HOUR


def test_a_short_absence_moves_the_deadline(lead, piotr, elin):
    Absence.objects.create(user=piotr, starts_at=MONDAY + HOUR, ends_at=MONDAY + 2 * HOUR)
    breaches.sweep(MONDAY + HOUR)
    handoff = Handoff.objects.get()
    assert handoff.due_at == Lead.objects.get(pk=lead.pk).due_at == DUE + HOUR
    Absence.objects.all().delete()
    breaches.sweep(MONDAY + HOUR)
    handoff.refresh_from_db()
    assert handoff.due_at == Lead.objects.get(pk=lead.pk).due_at == DUE


@pytest.mark.parametrize("since", [-HOUR, HOUR])
def test_who_falls_ill_for_longer_is_stood_in_for(lead, piotr, elin, since):
    """Also when it is entered afterwards."""
    Absence.objects.create(user=piotr, starts_at=MONDAY + since, ends_at=MONDAY + 7 * DAY)
    breaches.sweep(MONDAY + 2 * HOUR)
    assert states() == [(piotr.pk, "rerouted"), (elin.pk, "pending")]
    assert noticed() == []
    event = LeadEvent.objects.get(name="reassign")
    assert (event.actor, reason_words(event)) == (None, "Absent")


def test_with_nobody_to_stand_in_it_waits_for_them(lead, piotr):
    Absence.objects.create(user=piotr, starts_at=MONDAY + HOUR, ends_at=MONDAY + 7 * DAY)
    for hours in (2, 3, 50):
        breaches.sweep(MONDAY + hours * HOUR)
    assert states() == [(piotr.pk, "pending")]
    assert noticed() == []
    assert Handoff.objects.get().due_at == DUE + 7 * DAY - HOUR


def test_whom_somebody_chose_although_they_were_away_is_waited_for(piotr, elin):
    Absence.objects.create(user=piotr, starts_at=MONDAY - DAY, ends_at=MONDAY + 2 * DAY)
    story.handed_off(to=piotr, now=MONDAY)
    breaches.sweep(MONDAY + DAY)
    assert states() == [(piotr.pk, "pending")]


def test_a_hand_raise_that_was_accepted_and_not_called_is_told_and_stays(piotr, elin):
    lead = a_hand_raise(piotr)
    perform(lead, "accept", by=piotr, now=MONDAY + 5 * MINUTE, discovery_at=MONDAY + DAY)
    for minutes in (29, 30, 60, 61):
        breaches.sweep(MONDAY + minutes * MINUTE)
    assert noticed() == [("warned", 50), ("breached", None)]
    assert states() == [(piotr.pk, "accepted")]
    assert LeadEvent.objects.get(name="breached").details["clock"] == "first touch"


def test_a_hand_raise_that_was_called_is_in_time(piotr):
    lead = a_hand_raise(piotr)
    perform(lead, "accept", by=piotr, now=MONDAY + 5 * MINUTE, discovery_at=MONDAY + DAY)
    Handoff.objects.update(touched_at=MONDAY + 6 * MINUTE)
    breaches.sweep(MONDAY + 2 * HOUR)
    assert noticed() == []


def test_a_hand_raise_breached_before_its_accept_is_told_once(piotr):
    lead = a_hand_raise(piotr)
    breaches.sweep(MONDAY + HOUR)
    perform(lead, "accept", by=piotr, now=MONDAY + 2 * HOUR, discovery_at=MONDAY + DAY)
    breaches.sweep(MONDAY + 3 * HOUR)
    assert noticed() == [("breached", None)]


def test_of_two_offers_at_once_each_goes_its_way(piotr, elin):
    first = story.handed_off(to=piotr, now=MONDAY)
    second = story.handed_off(to=elin, now=MONDAY + 2 * HOUR)
    breaches.sweep(DUE)
    owners = dict(Lead.objects.values_list("pk", "owner"))
    assert owners == {first.pk: elin.pk, second.pk: elin.pk}
    assert noticed() == [("warned", 50), ("breached", None)]


def test_what_fails_keeps_nobody_else_waiting(lead, elin, monkeypatch):
    other = story.handed_off(to=elin, now=MONDAY)
    monkeypatch.setattr(breaches, "SOME", 1)
    act = breaches._act

    def sometimes(ids, *args):
        if ids == [lead.pk]:
            raise ValueError("not this one")
        act(ids, *args)

    logged = []
    monkeypatch.setattr(breaches, "_act", sometimes)
    monkeypatch.setattr(breaches.log, "exception", logged.append)
    breaches.sweep(DUE)
    assert [event.lead_id for event in LeadEvent.objects.filter(name="breached")] == [other.pk]
    assert logged == ["could not bring some clocks up to date"]


def test_the_scheduler_looks_every_minute():
    told = settings.CELERY_BEAT_SCHEDULE["sweep clocks"]
    assert told == {"task": tasks.sweep_clocks.name, "schedule": 60}
    tasks.sweep_clocks()
