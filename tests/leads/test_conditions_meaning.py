"""What the statements about activities, stages and touches mean at their edges."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.conditions import to_q
from leads.models import Campaign, Lead, LeadEvent, Touch
from tests.factories import ActivityFactory, LeadFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def true(condition):
    found = {
        Lead.objects.filter(to_q(condition, **clock)).exists()
        for clock in ({"now": NOW}, {"as_of": NOW})
    }
    assert len(found) == 1, "now and as of now must agree"
    return found.pop()


@pytest.fixture
def lead():
    return LeadFactory()


def act(lead, ago, **facts):
    return ActivityFactory(lead=lead, happened_at=NOW - ago, **facts)


@pytest.mark.parametrize(
    ("ago", "within", "before"),
    [
        (timedelta(days=7), True, False),
        (timedelta(days=7) - SECOND, True, False),
        (timedelta(days=7) + SECOND, False, True),
    ],
)
def test_edge_of_days(lead, ago, within, before):
    act(lead, ago)
    assert true({"did": "page_view", "days": 7}) is within
    assert true({"did_not": "page_view", "days": 7}) is not within
    assert true({"first": "page_view", "more_than_days_ago": 7}) is before
    assert true({"last": "page_view", "more_than_days_ago": 7}) is before


def test_who_never_did_did_not_do_it_last_or_first(lead):
    assert not true({"last": "any", "more_than_days_ago": 1})
    assert not true({"first": "any", "more_than_days_ago": 1})
    assert true({"did_not": "any"})


def test_last_is_not_first(lead):
    act(lead, timedelta(days=90))
    act(lead, timedelta(days=1))
    assert true({"first": "any", "more_than_days_ago": 30})
    assert not true({"last": "any", "more_than_days_ago": 30})


@pytest.mark.parametrize("facts", [{"kind": "note"}, {"actor_class": "bot"}])
def test_notes_and_bots_are_nothing_that_a_lead_did(lead, facts):
    act(lead, SECOND, **facts)
    assert not true({"did": "any"})
    assert true({"did": "note"}) is (facts == {"kind": "note"})


def test_times(lead):
    for _ in range(2):
        act(lead, SECOND)
    LeadFactory()
    assert true({"did": "page_view", "times": 2})
    assert not true({"did": "page_view", "times": 3})


def test_days_of_return_are_those_of_utc(lead):
    midnight = timedelta(hours=12)
    for ago in (midnight - SECOND, midnight, midnight + SECOND, midnight + 2 * SECOND):
        act(lead, ago)
    assert true({"returned": {"on_days": 2, "within_days": 2}})
    assert not true({"returned": {"on_days": 3, "within_days": 2}})


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("is", "PLAN", True),
        ("is", "2", False),
        ("contains", "la", True),
        ("is_not", "plan", False),
        ("empty", None, False),
    ],
)
def test_text_property(lead, op, value, expected):
    act(lead, SECOND, properties={"what": "Plan"})
    clause = {"property": "what", "op": op} | ({} if value is None else {"value": value})
    assert true({"did": "page_view", "where": [clause]}) is expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("n", 2, True),
        ("n", "2", True),
        ("n", True, False),
        ("yes", True, True),
        ("yes", "true", True),
        ("yes", 1, False),
    ],
    ids=repr,
)
def test_property_is_compared_as_the_kind_of_the_value(lead, name, value, expected):
    act(lead, SECOND, properties={"n": 2, "yes": True})
    clause = {"property": name, "op": "is", "value": value}
    assert true({"did": "page_view", "where": [clause]}) is expected


def test_all_clauses_hold_of_one_activity(lead):
    act(lead, SECOND, subject="/pricing", properties={"time": 5})
    act(lead, SECOND, subject="/about", properties={"time": 90})
    pricing = {"property": "subject", "op": "is", "value": "/pricing"}
    long = {"property": "time", "op": "gte", "value": 60}
    assert not true({"did": "page_view", "where": [pricing, long]})


def test_staying_in_a_stage_is_not_entering_it(lead):
    event(lead, "reassign", "sal", "sal")
    assert not true({"stage": "entered", "in": ["sal"], "days": 5})
    assert true({"stage": "was_in", "in": ["sal"]})


def test_undone_moves_and_undoing_are_no_moves(lead):
    moved = event(lead, "recycle", "mql", "nurture")
    event(lead, "undo", "nurture", "mql", undoes=moved)
    assert not true({"stage": "entered", "in": ["nurture", "mql"], "days": 5})
    assert not true({"stage": "was_in", "in": ["nurture"]})


def test_entering_ends_with_its_days(lead):
    event(lead, "qualify", "unqualified", "mql", ago=timedelta(days=5))
    assert true({"stage": "entered", "in": ["mql", "sal"], "days": 5})
    assert not true({"stage": "entered", "in": ["mql", "sal"], "days": 4})


def test_touch(lead):
    fair = Campaign.objects.create(name="Fair")
    Touch.objects.create(
        lead=lead, source="Google", medium="cpc", campaign=fair, happened_at=NOW, recorded_at=NOW
    )
    Touch.objects.create(lead=lead, source="News", happened_at=NOW, recorded_at=NOW)
    assert true({"touch": {"source": "google", "medium": "CPC", "campaign": fair.pk}})
    assert true({"touch": {"source": "oog"}, "op": "contains"})
    assert not true({"touch": {"source": "oog"}})
    assert not true({"touch": {"source": "news", "medium": "cpc"}})  # not one and the same


def event(lead, name, source, target, ago=SECOND, undoes=None):
    reason = "x" if name == "recycle" else ""
    return LeadEvent.objects.create(
        lead=lead, name=name, source=source, target=target, happened_at=NOW - ago, score=0,
        undoes=undoes, reason=reason,
    )  # fmt: skip
