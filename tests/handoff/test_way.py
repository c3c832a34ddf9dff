"""What the lead page tells of the way of a handoff, in business time, with what was agreed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from handoff.models import Handoff
from handoff.way import way, with_way
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
MONDAY = FRIDAY + 3 * DAY - 7 * HOUR  # 9:00; two business hours later


@pytest.fixture(autouse=True)
def agreement():
    calendar = WorkCalendarFactory()
    levels = {"review_hours": 3, "decide_hours": 4, "touch_minutes": 60, "shown_seconds": 60}
    return story.agreement_in_force(now=FRIDAY - DAY, calendar=calendar, **levels)


@pytest.fixture
def rep():
    return RepFactory(calendar=WorkCalendarFactory())


def offered(rep, kind="other", after=timedelta(0)):
    lead = story.an_mql(now=FRIDAY)
    said = {"to_user": rep, "kind": kind}
    return perform(lead, "hand_off", by=UserFactory(), now=FRIDAY + after, **said)


def told(lead, now):
    handoff = with_way(Handoff.objects).latest("pk")
    clocks = way(handoff, Lead.objects.get(pk=lead.pk), now)
    return {one.label: (one.took, one.limit, one.late) for one in clocks}


def test_each_span_is_told_with_its_limit_in_business_time(rep):
    lead = offered(rep, "hand_raise", after=20 * timedelta(seconds=1))
    at = lead.stage_at
    Handoff.objects.update(seen_at=at + 5 * MINUTE, touched_at=at + 3 * DAY)
    perform(lead, "accept", by=rep, now=at + 30 * MINUTE, discovery_at=FRIDAY + 7 * DAY)
    assert told(lead, MONDAY) == {
        "Routed": (20 * timedelta(seconds=1), MINUTE, False),
        "Seen": (5 * MINUTE, None, False),
        "Decided": (30 * MINUTE, HOUR, False),
        "First touch": (9 * HOUR, HOUR, True),
    }


def test_marketing_has_its_own_time_to_route_it(rep):
    lead = offered(rep, after=3 * DAY - 5 * HOUR)  # Monday, 11:00
    assert told(lead, MONDAY + 2 * HOUR)["Routed"] == (4 * HOUR, 3 * HOUR, True)


def test_what_is_not_done_in_time_is_marked(rep):
    lead = offered(rep)
    in_time = {name: told(lead, MONDAY + 2 * HOUR)[name] for name in ("Seen", "Decided")}
    assert in_time == {"Seen": (None, None, False), "Decided": (None, 4 * HOUR, False)}
    assert told(lead, MONDAY + 2 * HOUR + MINUTE)["Decided"] == (None, 4 * HOUR, True)


def test_what_never_was_and_never_will_be_is_missing(rep):
    lead = offered(rep)
    perform(lead, "reject", by=rep, now=FRIDAY + HOUR, reason="no_authority")
    assert list(told(lead, MONDAY)) == ["Routed", "Decided"]


def test_an_offer_that_was_passed_on_was_routed_before(rep):
    lead = offered(RepFactory())
    perform(lead, "reassign", by=None, now=FRIDAY + HOUR, to_user=rep)
    assert list(told(lead, MONDAY)) == ["Seen", "Decided", "First touch"]


def test_an_offer_of_before_service_levels_has_what_its_due_time_says(rep):
    lead = offered(rep)
    Handoff.objects.update(allowed=None)
    assert told(lead, MONDAY)["Decided"] == (None, 4 * HOUR, False)


def test_the_page_shows_them(client, rep):
    lead = offered(rep)
    client.force_login(rep)
    page = client.get(reverse("handoff:panel", args=[lead.pk])).content.decode()
    for words in ("Routed", "Seen", "Decided", "First touch", "of 4 h", "of 3 h", "not yet"):
        assert words in page
