"""The scorecard: each promise beside what happened, under own versions and restated."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.business_time import ALWAYS
from handoff import agreements
from handoff.models import Commitment, Discovery, Handoff
from insights import scorecard as cards
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
URL = reverse("insights:scorecard")
NOW = datetime(2026, 6, 16, 12, tzinfo=UTC)  # half of June is over
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def v1():
    return story.agreement_in_force(now=NOW - 60 * DAY, decide_hours=24)


@pytest.fixture
def rep():
    return RepFactory()


def promised(agreement, month=NOW, **options):
    """{measure: Line} of both sides."""
    found = cards.scorecard(cards.month_of(month, agreement, NOW), agreement, **options)
    return {line.measure: line for lines in found.values() for line in lines}


def second_version(v1, **changes):
    draft = agreements.duplicate(v1)
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save()
    return story.signed(draft, now=NOW - 2 * DAY)


def test_nothing_happened_and_nobody_is_blamed(v1):
    found = promised(v1)
    assert found.keys() == set(Commitment.Measure.values)
    assert {line.status for name, line in found.items() if name != "mqls"} == {"unknown"}
    assert (found["mqls"].actual, found["mqls"].status) == ("0", "at_risk")


def test_mqls_are_held_against_the_part_of_the_month_that_is_over(v1):
    wanted = v1.commitments.get(measure="mqls").value
    assert wanted == 120
    for _ in range(2):
        story.an_mql(now=NOW - DAY)
    story.an_mql(now=NOW - 40 * DAY)
    perform(story.a_lead(), "claim", by=RepFactory(), now=NOW, discovery_at=NOW + DAY)
    line = promised(v1)["mqls"]
    assert (line.actual, line.promise, line.status) == ("2", "120", "at_risk")
    assert line.note == "62 by today would be on pace"
    assert promised(v1, NOW - 40 * DAY)["mqls"].status == "missed"


@pytest.mark.parametrize(
    ("n", "share", "over", "status"),
    [
        (120, 1.0, True, "kept"),
        (119, 1.0, True, "missed"),
        (60, 0.5, False, "on_pace"),
        (59, 0.5, False, "at_risk"),
        (120, 0.5, False, "kept"),
    ],
)
def test_the_status_of_a_number(n, share, over, status):
    month = cards.Month(NOW - 30 * DAY, NOW if over else NOW + DAY, NOW, share, ALWAYS)
    assert cards._status(Commitment(measure="mqls", value=120), n, None, month) == status


@pytest.mark.parametrize(
    ("measure", "good", "over", "status"),
    [
        ("decided", 95, True, "kept"),
        ("decided", 94, True, "missed"),
        ("decided", 94, False, "at_risk"),
        ("decided", 89, False, "missed"),
        ("rejected", 5, True, "kept"),
        ("rejected", 95, True, "kept"),
        ("rejected", 96, True, "missed"),
        ("rejected", 99, False, "at_risk"),
    ],
)
def test_the_status_of_a_share(measure, good, over, status):
    month = cards.Month(NOW - 30 * DAY, NOW if over else NOW + DAY, NOW, 0.5, ALWAYS)
    assert cards._status(Commitment(measure=measure, value=95), good, 100, month) == status


def test_grades_at_or_above_the_promised_one(v1):
    assert v1.minimum_grade == "B2"
    for grade in ("A1", "A3", "B2", "B1", "C1"):
        story.an_mql(now=NOW - DAY, grade=grade, by=UserFactory(role=roles.SALES_MANAGER))
    assert promised(v1)["grade"].actual == "60 %"
    assert promised(v1)["grade"].note == "3 of 5"


def test_rejections_count_what_sales_decided(v1, rep):
    RepFactory(team=rep.team)
    for reason in ("low_intent", "spam", "misrouted"):
        lead = story.handed_off(to=rep, now=NOW - DAY)
        perform(lead, "reject", by=rep, now=NOW - HOUR, reason=reason)
    story.accepted(by=rep, now=NOW - HOUR)
    story.handed_off(to=rep, now=NOW - HOUR)
    found = promised(v1)
    assert (found["rejected"].note, found["rejected"].status) == ("2 of 3", "missed")
    assert found["reasons"].note == "3 of 3"


def test_required_data_that_is_gone_counts_against_marketing(v1, rep):
    story.handed_off(to=rep, now=NOW - DAY)
    lead = story.handed_off(to=rep, now=NOW - DAY)
    lead.phone = ""
    lead.save(update_fields=["phone"])
    assert promised(v1)["data"].note == "1 of 2"


def test_decided_under_the_own_version_and_restated_under_the_next(v1, rep):
    lead = story.handed_off(to=rep, now=NOW - 5 * DAY)
    perform(lead, "accept", by=rep, now=NOW - 5 * DAY + 10 * HOUR, discovery_at=NOW + DAY)
    story.handed_off(to=rep, now=NOW - 4 * DAY)  # waits for a decision, and is late
    assert promised(v1)["decided"].note == "1 late, 0 open"
    assert promised(v1)["decided"].actual == "50 %"
    v2 = second_version(v1, decide_hours=4)
    assert promised(v2)["decided"].actual == "50 %"
    assert promised(v2, under=v2)["decided"].actual == "0 %"


def test_hand_raises_touched_in_time(v1, rep):
    for minutes in (30, 90, None):
        lead = story.handed_off(to=rep, now=NOW - DAY)
        touched = minutes and NOW - DAY + timedelta(minutes=minutes)
        Handoff.objects.filter(lead=lead).update(kind="hand_raise", touched_at=touched)
    lead = story.handed_off(to=rep, now=NOW - HOUR / 2)
    Handoff.objects.filter(lead=lead).update(kind="hand_raise")
    assert promised(v1)["touched"].note == "2 late, 1 open"
    assert promised(v1)["touched"].actual == "33 %"


def test_attempts_before_unreachable_within_the_agreed_days(v1, rep):
    v1 = second_version(v1, attempts=2, attempt_days=3)
    for days in ([1, 2], [1, 9]):
        lead = story.accepted(by=rep, now=NOW - 12 * DAY)
        for day in days:
            Discovery.objects.create(
                lead=lead, by=rep, held_at=NOW - 12 * DAY + day * DAY, outcome="no_answer"
            )
        perform(lead, "recycle", by=rep, now=NOW - DAY, reason="unreachable")
    assert promised(v1)["attempts"].note == "1 of 2"


@pytest.mark.parametrize("role", list(roles.ROLES))
def test_everybody_reads_it(client, role, v1):
    client.force_login(UserFactory(role=role))
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "promised in agreement v1" in answer.content.decode()


def test_without_an_agreement_it_says_so(client):
    client.force_login(UserFactory())
    assert "No agreement is in force." in client.get(URL).content.decode()


def test_on_today_a_manager_sees_it_without_its_choices(client, v1):
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    assert f'hx-get="{URL}?brief" hx-trigger="load" hx-target="this"' in html(client.get("/"))
    told = html(client.get(f"{URL}?brief", headers={"HX-Request": "true"}))
    assert "Marketing promised" in told
    assert "<form" not in told


def html(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("month=2026-05", 200),
        ("month=2026-13", 200),
        ("month=99999-01", 200),
        ("month=0-0", 200),
        ("month=1-1", 200),
        ("month=abc&under=", 200),
        ("month=2031-01", 200),
        ("under=1", 200),
        ("under=7", 404),
        ("under=x", 200),
        ("under=99999999999999999999", 200),
    ],
)
def test_what_anybody_may_write_into_the_address(client, v1, query, status):
    client.force_login(UserFactory())
    assert client.get(f"{URL}?{query}").status_code == status


def test_a_month_is_the_readers(v1):
    """In Sofia July has begun when in London it is still June."""
    late = datetime(2026, 6, 30, 22, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Sofia")):
        assert cards.month_of(late, v1, late).since.month == 7


def test_htmx_gets_the_card_alone(client, v1):
    client.force_login(UserFactory())
    told = client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in told
    assert 'id="scorecard"' in told


def test_a_full_month_costs_no_more_for_many(client, django_assert_max_num_queries):
    """With all that is measured: offers to people and a team, rejections, attempts."""
    story.agreement_in_force(now=NOW - 60 * DAY, attempts=1, calendar=WorkCalendarFactory())
    client.force_login(UserFactory(role=roles.SALES_MANAGER))

    def a_week():
        rep = RepFactory(team__calendar=WorkCalendarFactory())
        story.handed_off(to=rep, now=NOW - DAY)
        perform(story.handed_off(to=rep, now=NOW - DAY), "reject", by=rep, reason="low_intent")
        lead = story.accepted(by=rep, now=NOW - 3 * DAY)
        at = NOW - 2 * DAY
        Discovery.objects.create(lead=lead, by=rep, held_at=at, outcome="no_answer")
        perform(lead, "recycle", by=rep, reason="unreachable")
        said = {"to_team": rep.team, "offer_to_team": True}
        perform(story.an_mql(now=NOW - DAY), "hand_off", by=UserFactory(), now=NOW, **said)

    a_week()
    client.get(URL)
    with django_assert_max_num_queries(19) as one:
        client.get(URL)
    for _ in range(4):
        a_week()
    with django_assert_max_num_queries(19) as many:
        client.get(URL)
    assert len(one) == len(many)
