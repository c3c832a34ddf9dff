"""Service levels run in business time of who has to act, and stay what they were when it began."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.business_time import ALWAYS, Schedule
from accounts.models import Absence
from handoff import agreements, clocks
from handoff.models import Agreement, Handoff
from leads.models import Lead
from leads.perform import perform, perform_many
from tests import story
from tests.factories import (
    RepFactory,
    TeamFactory,
    UserFactory,
    WorkCalendarFactory,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WARSAW = ZoneInfo("Europe/Warsaw")
FRIDAY = datetime(2026, 11, 27, 17, 50, tzinfo=WARSAW)
MONDAY = datetime(2026, 11, 30, 12, 50, tzinfo=WARSAW)


@pytest.fixture
def office():
    """Monday to Friday, 9 to 18, in Warsaw."""
    return WorkCalendarFactory()


@pytest.fixture
def piotr(office):
    return RepFactory(calendar=office)


def in_force(**changes):
    return story.agreement_in_force(now=FRIDAY - DAY, **changes)


def offer(lead):
    return Handoff.objects.get(lead=lead, state="pending")


def moments(lead):
    """What the lead and its offer say, in the time of Warsaw."""
    fresh = Lead.objects.get(pk=lead.pk)
    return fresh.due_at.astimezone(WARSAW), offer(lead).due_at.astimezone(WARSAW)


def test_four_business_hours_from_friday_evening_are_due_on_monday(piotr):
    in_force(decide_hours=4)
    lead = story.handed_off(to=piotr, now=FRIDAY)
    assert moments(lead) == (MONDAY, MONDAY)
    assert offer(lead).allowed == 4 * HOUR


def test_a_new_version_shortens_what_comes_after_it_and_nothing_before():
    in_force(decide_hours=24)
    before = story.handed_off(now=FRIDAY)
    draft = agreements.duplicate(agreements.in_force())
    draft.decide_hours = 4
    draft.save()
    story.signed(draft, now=FRIDAY + HOUR)
    after = story.handed_off(now=FRIDAY + 2 * HOUR)
    assert offer(before).due_at == FRIDAY + 24 * HOUR
    assert offer(after).due_at == FRIDAY + 6 * HOUR
    assert [offer(one).allowed for one in (before, after)] == [24 * HOUR, 4 * HOUR]


@pytest.mark.parametrize(
    ("kind", "due_at", "allowed"),
    [
        ("hand_raise", datetime(2026, 11, 30, 9, 50, tzinfo=WARSAW), HOUR),
        ("automatic", datetime(2026, 11, 30, 11, 50, tzinfo=WARSAW), 3 * HOUR),
        ("other", MONDAY, 4 * HOUR),
    ],
)
def test_each_kind_has_its_own_service_level(piotr, kind, due_at, allowed):
    in_force(decide_hours=4, automatic_hours=3, touch_minutes=60)
    lead = story.an_mql(now=FRIDAY)
    perform(lead, "hand_off", by=UserFactory(), now=FRIDAY, to_user=piotr, kind=kind)
    found = offer(lead)
    assert (found.kind, found.due_at, found.allowed) == (kind, due_at, allowed)


def test_an_offer_to_a_team_runs_by_the_hours_of_the_team(office):
    in_force(decide_hours=4)
    team = TeamFactory(calendar=office)
    lead = story.an_mql(now=FRIDAY)
    perform(lead, "hand_off", by=UserFactory(), now=FRIDAY, to_team=team, offer_to_team=True)
    assert offer(lead).due_at == MONDAY


def test_the_calendar_of_the_agreement_is_for_reviews_and_who_has_none(office):
    in_force(decide_hours=4, review_hours=4, calendar=office)
    lead = story.an_mql(now=FRIDAY)
    assert lead.due_at == MONDAY
    perform(lead, "hand_off", by=UserFactory(), now=FRIDAY, to_user=RepFactory())
    assert offer(lead).due_at == MONDAY


def test_without_any_calendar_every_minute_counts():
    in_force(decide_hours=4, review_hours=5)
    assert story.an_mql(now=FRIDAY).due_at == FRIDAY + 5 * HOUR
    assert story.handed_off(now=FRIDAY).due_at == FRIDAY + 4 * HOUR


def test_an_absence_that_is_known_counts_from_the_start(piotr):
    in_force(decide_hours=4)
    monday = datetime(2026, 11, 30, tzinfo=WARSAW)
    Absence.objects.create(user=piotr, starts_at=monday, ends_at=monday + DAY)
    assert story.handed_off(to=piotr, now=FRIDAY).due_at == MONDAY + DAY


def test_who_never_works_again_still_has_a_deadline(piotr):
    """Else the lead would wait for ever."""
    in_force(decide_hours=4)
    Absence.objects.create(user=piotr, starts_at=FRIDAY, ends_at=FRIDAY + 3 * 366 * DAY)
    lead = story.handed_off(to=piotr, now=FRIDAY)
    assert lead.due_at == FRIDAY + 4 * HOUR
    nobody = Schedule(WARSAW, ((),) * 7)
    assert clocks.used(offer(lead), nobody, FRIDAY + HOUR) == 0.25


def test_recalled_and_offered_again_it_starts_anew(piotr):
    in_force(decide_hours=4, review_hours=8)
    marketer, later = UserFactory(), FRIDAY + DAY
    lead = story.handed_off(to=piotr, now=FRIDAY)
    lead = perform(lead, "recall", by=marketer, now=later)
    assert lead.due_at == later + 8 * HOUR
    perform(lead, "hand_off", by=marketer, now=later, to_user=piotr)
    assert offer(lead).due_at == datetime(2026, 11, 30, 13, 0, tzinfo=WARSAW)


def test_undo_puts_the_old_due_time_back(piotr):
    in_force(decide_hours=4)
    lead = story.handed_off(to=piotr, now=FRIDAY)
    second = timedelta(seconds=1)
    perform(lead, "accept", by=piotr, now=FRIDAY + second, discovery_at=FRIDAY + DAY)
    perform(lead, "undo", by=piotr, now=FRIDAY + 2 * second)
    assert moments(lead) == (MONDAY, MONDAY)


def test_reassigned_it_gets_a_new_clock_by_the_hours_of_who_gets_it(piotr):
    in_force(decide_hours=4)
    lead = story.handed_off(now=FRIDAY)
    assert lead.due_at == FRIDAY + 4 * HOUR
    perform(lead, "reassign", by=None, now=FRIDAY, to_user=piotr)
    assert moments(lead) == (MONDAY, MONDAY)


def test_misrouted_it_gets_a_new_clock_too(piotr, office):
    in_force(decide_hours=4)
    other = RepFactory(team=TeamFactory(countries=["DE"]))
    other.team.calendar = office
    other.team.save()
    lead = story.handed_off(to=piotr, now=FRIDAY)
    later = datetime(2026, 11, 30, 9, 0, tzinfo=WARSAW)
    said = {"reason": "misrouted", "note": ""}
    perform(lead, "reject", by=piotr, now=later, **said)
    found = offer(lead)
    assert (found.to_user, found.due_at) == (other, later + 4 * HOUR)


def test_the_share_that_is_used_counts_business_time_without_pauses(piotr, office):
    in_force(decide_hours=4)
    lead = story.handed_off(to=piotr, now=FRIDAY)
    schedule = clocks.schedules_of({piotr}, None)[piotr]
    saturday, ten_to_ten = FRIDAY + DAY, MONDAY - 3 * HOUR
    shares = [clocks.used(offer(lead), schedule, at) for at in (FRIDAY, saturday, ten_to_ten)]
    assert shares == [0, 10 / 240, 0.25]
    assert clocks.used(offer(lead), schedule, MONDAY) == 1
    held = [(FRIDAY, MONDAY - 3 * HOUR)]  # over the weekend
    assert clocks.used(offer(lead), schedule, MONDAY - 2 * HOUR, held) == 0.25
    assert clocks.deadline(schedule, FRIDAY, 4 * HOUR, held) == MONDAY + HOUR


def test_an_offer_of_before_service_levels_has_what_its_due_time_says():
    lead = story.handed_off(now=FRIDAY)
    Handoff.objects.update(allowed=None)
    assert clocks.allowed_for(offer(lead)) == 24 * HOUR
    assert clocks.used(offer(lead), ALWAYS, FRIDAY + 6 * HOUR) == 0.25


def test_what_is_allowed_in_words():
    said = [clocks.limit_words(one) for one in (4 * HOUR, HOUR / 2, HOUR * 1.5, 24 * HOUR)]
    assert said == ["4 h", "30 min", "90 min", "24 h"]


def test_ten_thousand_leads_of_forty_people_cost_forty_deadlines(office, monkeypatch):
    agreement = in_force()
    people = RepFactory.create_batch(40, team__calendar=office)
    counted = []
    monkeypatch.setattr(clocks, "deadline", lambda *args: counted.append(args) or FRIDAY)

    class Batch:
        now, each, args = FRIDAY, {}, {}
        leads = [Lead(pk=pk) for pk in range(10_000)]

        def args_for(self, lead):
            return {"to_user": people[lead.pk % 40], "kind": "other"}

    with CaptureQueriesContext(connection) as asked:
        clocks.start_offers(Batch(), agreement, {})
    assert (len(counted), len(Batch.each), len(asked)) == (40, 10_000, 1)


def test_a_batch_has_the_clock_of_each_receiver(office):
    in_force(decide_hours=4)
    team = TeamFactory()
    RepFactory(team=team, calendar=office)
    RepFactory(team=team)
    leads = [story.an_mql(now=FRIDAY) for _ in range(4)]
    perform_many(leads, "hand_off", by=UserFactory(), now=FRIDAY)
    due = set(Handoff.objects.values_list("to_user__calendar", "due_at"))
    assert due == {(office.pk, MONDAY), (None, FRIDAY + 4 * HOUR)}
    assert Agreement.objects.get().decide_hours == 4
