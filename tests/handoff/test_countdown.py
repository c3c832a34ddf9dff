"""What is left of an offer, in business time of who has it; the page counts on by itself."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Absence
from handoff import agreements, inbox
from handoff.models import Handoff
from handoff.pausing import pause
from leads.models import Lead
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WARSAW = ZoneInfo("Europe/Warsaw")


def at(day, clock):
    """A moment in Warsaw; Friday is the 8th of May 2026."""
    return datetime.fromisoformat(f"2026-05-{day:02} {clock}").replace(tzinfo=WARSAW)


@pytest.fixture
def rep():
    """Works in Warsaw from 9 to 18 on weekdays."""
    return RepFactory(team=TeamFactory(calendar=WorkCalendarFactory()))


def offered(rep, made, due, hours=4, **fields):
    """An offer with a service level of so many business hours."""
    return allow(story.handed_off(to=rep, now=made, **fields), due, hours)


def allow(lead, due, hours):
    Handoff.objects.filter(lead=lead).update(allowed=hours * HOUR, due_at=due)
    Lead.objects.filter(pk=lead.pk).update(due_at=due)
    return Lead.objects.get(pk=lead.pk)


def clock(rep, now):
    (lead,) = inbox.cards(rep, "mine", now=now).rows
    return lead.clock


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (at(8, "17:50"), 4 * HOUR),
        (at(8, "17:55"), 4 * HOUR - timedelta(minutes=5)),
        (at(9, "12:00"), 4 * HOUR - timedelta(minutes=10)),  # Saturday
        (at(11, "09:00"), 4 * HOUR - timedelta(minutes=10)),
        (at(11, "12:50"), timedelta(0)),
        (at(11, "17:50"), -5 * HOUR),
        (at(12, "08:00"), -5 * HOUR - timedelta(minutes=10)),
    ],
)
def test_what_is_left_is_business_time(rep, now, left):
    offered(rep, at(8, "17:50"), at(11, "12:50"))
    found = clock(rep, now)
    assert (found.left, found.total) == (left, 4 * HOUR)


def test_the_page_is_told_when_business_time_runs(rep):
    offered(rep, at(8, "17:50"), at(11, "12:50"))
    found = clock(rep, at(8, "17:50"))
    evening, monday = found.running[:2]
    assert evening == (0, 600)
    assert monday[0] == (at(11, "09:00") - at(8, "17:50")).total_seconds()
    assert found.running[-1][1] >= (at(12, "12:50") - at(8, "17:50")).total_seconds()


def test_an_own_calendar_comes_first_and_absences_do_not_count(rep):
    rep.calendar = WorkCalendarFactory(hours=[("12:00", "14:00")])
    rep.save()
    offered(rep, at(8, "17:50"), at(12, "14:00"))
    assert clock(rep, at(11, "13:00")).left == 3 * HOUR
    Absence.objects.create(user=rep, starts_at=at(11, "13:30"), ends_at=at(11, "20:00"))
    assert clock(rep, at(11, "13:00")).left == 2.5 * HOUR


def test_an_offer_to_a_team_runs_by_the_calendar_of_the_team(rep):
    lead = story.an_mql(now=at(8, "12:00"))
    to_team = {"to_team": rep.team, "offer_to_team": True}
    lead = perform(lead, "hand_off", by=UserFactory(), now=at(8, "17:50"), **to_team)
    allow(lead, at(11, "12:50"), 4)
    assert clock(rep, at(10, "12:00")).left == 4 * HOUR - timedelta(minutes=10)


def test_who_has_no_calendar_works_by_that_of_the_agreement_else_always():
    rep = RepFactory()
    lead = offered(rep, at(8, "17:50"), at(11, "12:50"))
    assert clock(rep, at(11, "12:00")).left == timedelta(minutes=50)
    assert clock(rep, at(10, "12:50")).left == 24 * HOUR
    draft = agreements.duplicate(agreements.in_force())
    draft.calendar = WorkCalendarFactory()
    draft.save()
    Handoff.objects.filter(lead=lead).update(agreement=draft)
    assert clock(rep, at(10, "12:50")).left == 4 * HOUR - timedelta(minutes=10)


def test_a_pause_lasts_business_hours_and_moves_the_deadline_by_them(rep):
    lead = offered(rep, at(8, "16:00"), at(11, "11:00"))
    held = pause(lead, by=rep, reason="On holiday", hours=3, now=at(8, "17:00"))
    # It ends on Monday at eleven; three of the four hours are left then.
    assert held.due_at == at(11, "14:00")
    paused = clock(rep, at(9, "12:00"))
    assert (paused.left, paused.paused) == (3 * HOUR, "On holiday")
    assert paused.running[0][0] == (at(11, "11:00") - at(9, "12:00")).total_seconds()
    going = clock(rep, at(11, "12:00"))
    assert (going.left, going.paused) == (2 * HOUR, "")


def test_who_never_works_cannot_pause(rep):
    lead = offered(rep, at(8, "16:00"), at(11, "11:00"))
    years = timedelta(days=3000)
    Absence.objects.create(user=rep, starts_at=at(8, "16:30"), ends_at=at(8, "16:30") + years)
    with pytest.raises(Refusal, match="no working hours"):
        pause(lead, by=rep, reason="On holiday", now=at(8, "17:00"))


def test_one_query_more_for_any_number_of_calendars(rep, client, django_assert_max_num_queries):
    client.force_login(rep)
    colleagues = [RepFactory(team=rep.team, calendar=WorkCalendarFactory()) for _ in range(5)]
    for one in colleagues:
        offered(one, at(8, "16:00"), at(11, "11:00"))
    client.get("/inbox/?team")
    with django_assert_max_num_queries(8):
        client.get("/inbox/?team")
