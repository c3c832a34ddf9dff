"""Kept or late: under the version of each, or restated under another, in working time."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.models import WorkCalendar
from handoff import agreements, restating
from handoff.models import Handoff, Pause
from handoff.restating import Kept
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 5, 8, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def first():
    return story.agreement_in_force(now=MONDAY - DAY, decide_hours=24)


def four_hours(now):
    draft = agreements.duplicate(agreements.in_force())
    draft.decide_hours = 4
    draft.save()
    return story.signed(draft, now=now)


def offered(at, *, decided_after=None, to=None, name="accept", **said):
    """A handoff, decided after so long, or not."""
    rep = to or RepFactory(team=None)
    lead = story.handed_off(to=rep, now=at)
    if decided_after:
        now = at + decided_after
        said = said or {"discovery_at": now + DAY}
        perform(lead, name, by=rep, now=now, **said)
    return Handoff.objects.get(lead=lead, created_at=at)


def others(since=MONDAY, until=FRIDAY, now=FRIDAY, under=None):
    return restating.decided(restating.Made(since, until), now=now, under=under)["other"]


def an_office(opens, closes):
    """Monday to Friday."""
    calendar = WorkCalendar.objects.create(name="Kassel", time_zone="UTC")
    for weekday in range(5):
        calendar.hours.create(weekday=weekday, opens=opens, closes=closes)
    return calendar


def test_each_is_judged_under_the_version_it_was_made_under(first):
    offered(MONDAY, decided_after=5 * HOUR)
    offered(MONDAY, decided_after=25 * HOUR)
    second = four_hours(MONDAY + 2 * DAY)
    offered(MONDAY + 2 * DAY, decided_after=5 * HOUR)
    offered(MONDAY + 2 * DAY, decided_after=3 * HOUR)
    assert others() == Kept(in_time=2, late=2)
    assert others(under=second) == Kept(in_time=1, late=3)
    assert others(under=first) == Kept(in_time=3, late=1)
    assert others().percent == 50


def test_a_rejection_decides_too(first):
    offered(MONDAY, decided_after=HOUR, name="reject", reason="no_budget", detail="none")
    assert others() == Kept(in_time=1)


def test_what_nobody_has_decided_is_open_until_it_is_late(first):
    offered(MONDAY)
    assert others(now=MONDAY + 23 * HOUR) == Kept(open=1)
    assert others(now=MONDAY + 25 * HOUR) == Kept(late=1)
    assert Kept(open=1).percent is None


def test_what_sales_could_not_decide_is_left_out(first):
    manager = UserFactory(role=story.SALES_MANAGER)
    recalled, moved, gone = (offered(MONDAY) for _ in range(3))
    later = {"by": manager, "now": MONDAY + 30 * HOUR}
    perform(recalled.lead, "recall", **later)
    perform(moved.lead, "reassign", **later, to_user=RepFactory(team=None))
    perform(gone.lead, "disqualify", **later, reason="suspect", detail="student")
    assert others(until=MONDAY + DAY) == Kept()


def test_what_was_taken_away_is_late_only_when_its_time_was_over(first):
    handoff = offered(MONDAY, decided_after=5 * HOUR)
    Handoff.objects.filter(pk=handoff.pk).update(state="lapsed")
    second = four_hours(MONDAY + DAY)
    assert others(under=second) == Kept(late=1)
    assert others() == Kept(open=1)


def test_only_working_time_counts(first):
    """From Friday 15:00 to Monday 10:00 an office from 8 to 16 works three hours."""
    rep = RepFactory(team=None, calendar=an_office(time(8), time(16)))
    offered(FRIDAY, decided_after=2 * DAY + 19 * HOUR, to=rep)
    second = four_hours(FRIDAY + 4 * DAY)
    week = {"since": FRIDAY, "until": FRIDAY + DAY, "now": FRIDAY + 5 * DAY}
    assert others(**week, under=second) == Kept(in_time=1)
    rep.calendar.hours.filter(weekday=0).update(opens=time(4))
    assert others(**week, under=second) == Kept(late=1)


def test_a_pause_does_not_count(first):
    rep = RepFactory(team=None)
    handoff = offered(MONDAY, decided_after=25 * HOUR, to=rep)
    assert others() == Kept(late=1)
    span = {"starts_at": MONDAY + HOUR, "ends_at": MONDAY + 3 * HOUR}
    Pause.objects.create(handoff=handoff, **span, reason="At the fair", by=rep)
    assert others() == Kept(in_time=1)


def test_the_calendar_of_the_agreement_counts_where_nobody_has_one():
    office = an_office(time(9), time(10))
    story.agreement_in_force(now=MONDAY - DAY, decide_hours=2, calendar=office)
    offered(MONDAY, decided_after=25 * HOUR)  # two of its hours
    offered(MONDAY, decided_after=48.5 * HOUR)
    assert others() == Kept(in_time=1, late=1)


def test_what_was_stored_with_a_handoff_counts_before_the_agreement(first):
    handoff = offered(MONDAY, decided_after=5 * HOUR)
    Handoff.objects.filter(pk=handoff.pk).update(allowed=4 * HOUR)
    assert others() == Kept(late=1)


def test_each_kind_has_its_own_limit(first):
    for kind in ("hand_raise", "automatic", "other"):
        handoff = offered(MONDAY, decided_after=3 * HOUR)
        Handoff.objects.filter(pk=handoff.pk).update(kind=kind, allowed=None)
    found = restating.decided(restating.Made(MONDAY, FRIDAY), now=FRIDAY)
    assert found == {"hand_raise": Kept(late=1), "automatic": Kept(1), "other": Kept(1)}


def test_imported_history_is_left_out(first):
    handoff = offered(MONDAY, decided_after=HOUR)
    Handoff.objects.filter(pk=handoff.pk).update(agreement=None)
    assert others() == Kept()


def test_the_queries_do_not_grow(first, django_assert_max_num_queries):
    rep = RepFactory(team=None)
    for _ in range(5):
        offered(MONDAY, decided_after=HOUR, to=rep)
    with django_assert_max_num_queries(9):
        assert others() == Kept(in_time=5)


def test_marketings_reviews_are_judged_alike(first):
    def reviews(now=FRIDAY, under=None):
        return restating.reviewed(MONDAY, FRIDAY, now=now, under=under)["review"]

    story.an_mql(now=MONDAY)
    reviewed = story.an_mql(now=MONDAY)
    by = UserFactory()
    perform(reviewed, "hand_off", by=by, now=MONDAY + 5 * HOUR, to_user=RepFactory())
    assert reviews(now=MONDAY + 6 * HOUR) == Kept(in_time=1, open=1)
    assert reviews() == Kept(in_time=1, late=1)
    draft = agreements.duplicate(first)
    draft.review_hours = 4
    draft.save()
    assert reviews(under=draft) == Kept(late=2)
    perform(story.an_mql(now=MONDAY), "demote", by=None, now=MONDAY + DAY, reason="no_path")
    assert reviews() == Kept(in_time=1, late=1)
