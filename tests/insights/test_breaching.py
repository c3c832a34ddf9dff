"""What breaches next: whose deadlines, in whose time, and which promise each is."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import roles
from handoff import agreements
from insights.breaching import MOST, breaching, scope_of
from leads import activities
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
    WorkCalendarFactory,
)

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
MONDAY = FRIDAY + 3 * DAY - 8 * HOUR  # 9:00; one business hour later


@pytest.fixture(autouse=True)
def agreement():
    """Whoever has no calendar works from 9 to 18, Monday to Friday, in Warsaw."""
    levels = {"review_hours": 8, "decide_hours": 4, "touch_minutes": 90}
    return story.agreement_in_force(now=FRIDAY - DAY, calendar=WorkCalendarFactory(), **levels)


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def elin(team):
    return RepFactory(team=team)


@pytest.fixture
def piotr(team):
    return RepFactory(team=team)


def a_hand_raise(to):
    lead = story.an_mql(now=FRIDAY)
    return perform(lead, "hand_off", by=UserFactory(), now=FRIDAY, to_user=to, kind="hand_raise")


def to_team(team):
    lead = story.an_mql(now=FRIDAY)
    said = {"to_team": team, "offer_to_team": True}
    return perform(lead, "hand_off", by=UserFactory(), now=FRIDAY, **said)


def told(user, scope="mine", now=FRIDAY):
    return [(lead, lead.promise, lead.clock.left) for lead in breaching(user, scope, now)]


def test_a_rep_sees_their_own_offers_and_those_to_all_of_the_team(elin, piotr, team):
    raised, shared = a_hand_raise(elin), to_team(team)
    story.handed_off(to=piotr, now=FRIDAY), story.handed_off(now=FRIDAY)
    assert told(elin) == [(raised, "touch 90 min", 1.5 * HOUR), (shared, "decide 4 h", 4 * HOUR)]


def test_who_asks_for_the_team_sees_what_its_people_have(elin, piotr, team):
    theirs, shared = story.handed_off(to=piotr, now=FRIDAY), to_team(team)
    story.handed_off(now=FRIDAY)
    assert [lead for lead, *_said in told(elin, "team")] == [theirs, shared]


def test_what_is_left_is_business_time_of_who_has_it(elin):
    story.handed_off(to=elin, now=FRIDAY)
    for now, left in ((MONDAY - DAY, 3 * HOUR), (MONDAY, 3 * HOUR), (MONDAY + HOUR, 2 * HOUR)):
        assert [one for *_, one in told(elin, now=now)] == [left]


def test_a_hand_raise_that_was_called_is_to_be_decided(elin):
    lead = a_hand_raise(elin)
    call = {"kind": "call", "properties": {"reached": False}}
    activities.record([ActivityFactory.build(lead=lead, by=elin, happened_at=FRIDAY, **call)])
    assert told(elin) == [(lead, "decide 4 h", 4 * HOUR)]


def test_calls_and_next_steps_have_the_date_that_was_given(elin):
    call, step = story.accepted(by=elin, now=FRIDAY), story.an_sql(by=elin, now=FRIDAY)
    assert told(elin) == [(call, "discovery call", DAY), (step, "next step", DAY)]


def test_a_marketer_sees_reviews_in_the_time_of_the_agreement(elin):
    lead = story.an_mql(now=FRIDAY)
    story.handed_off(to=elin, now=FRIDAY)
    assert told(UserFactory(), now=MONDAY) == [(lead, "review 8 h", 7 * HOUR)]


def test_a_review_keeps_the_time_of_the_version_it_began_under():
    story.an_mql(now=FRIDAY)
    draft = agreements.duplicate(agreements.in_force())
    draft.review_hours = 2
    draft.save()
    story.signed(draft, now=FRIDAY)
    assert [promise for _lead, promise, _left in told(UserFactory())] == ["review 8 h"]


@pytest.mark.parametrize("role", [roles.MARKETING_MANAGER, roles.SALES_MANAGER])
def test_a_manager_sees_everybodys_offers_and_reviews(elin, role):
    offer, review = story.handed_off(to=elin, now=FRIDAY), story.an_mql(now=FRIDAY)
    story.accepted(by=elin, now=FRIDAY)
    manager = UserFactory(role=role)
    assert scope_of(manager, "mine") == "all"
    assert [lead for lead, *_said in told(manager, "all")] == [offer, review]


def test_nothing_of_it_concerns_customer_success():
    story.handed_off(now=FRIDAY), LeadFactory(stage="customer")
    assert told(UserFactory(role=roles.CUSTOMER_SUCCESS)) == []


def test_only_the_next_few_are_shown_the_most_urgent_first(elin):
    for minutes in range(MOST + 2, 0, -1):
        story.handed_off(to=elin, now=FRIDAY - minutes * MINUTE)
    found = [lead for lead, *_said in told(elin)]
    assert found == list(Lead.objects.order_by("due_at")[:MOST])


def test_what_a_rep_may_ask_for(elin):
    loner, marketer = RepFactory(team=None), UserFactory()
    asked = [scope_of(user, said) for user in (elin, loner, marketer) for said in ("team", "x")]
    assert asked == ["team", "mine", "mine", "mine", "mine", "mine"]


def test_the_page_shows_them_with_links_and_switches_to_the_team(client, elin, piotr):
    mine, theirs = story.handed_off(to=elin), story.handed_off(to=piotr)
    client.force_login(elin)
    page = shown(client.get("/"))
    assert mine.get_absolute_url() in page
    assert theirs.get_absolute_url() not in page
    assert "decide 4 h" in page
    assert 'href="?due=team"' in page
    part = client.get("/?due=team", headers={"HX-Request": "true", "HX-Target": "today"})
    assert "<html" not in part.content.decode()
    both = shown(part)
    assert mine.get_absolute_url() in both
    assert theirs.get_absolute_url() in both
    assert 'href="/inbox/?team"' in both


def test_with_nothing_due_the_page_says_so(client, elin):
    client.force_login(elin)
    page = client.get("/").content.decode()
    assert "Nothing waits for you" in page
    assert 'id="due"' not in page
    of_team = client.get("/?due=team").content.decode()
    assert "Nothing waits" in of_team
    assert "for you" not in of_team


def shown(answer):
    """The section of the page that lists them."""
    page = answer.content.decode()
    return re.search(r"What breaches next.*?</section>", page, re.DOTALL)[0]
