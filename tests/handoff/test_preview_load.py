"""Load per rep against a capacity, and the MQLs that a goal needs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff.preview import goal, load
from leads.models import Cycle
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, TeamFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGO = NOW - timedelta(days=3)
SINCE = NOW - timedelta(weeks=4)


def result(reps, now=2.0, draft=3.0):
    return {"load": reps, "per_week": {"now": now, "draft": draft}}


def test_a_handoff_counts_for_its_rep_and_a_teams_in_equal_parts():
    team = TeamFactory()
    rita, tom = (RepFactory(first_name=name, last_name="", team=team) for name in ("Rita", "Tom"))
    RepFactory(first_name="Gone", is_active=False)
    for _ in range(4):
        story.handed_off(to=rita, now=AGO)
    story.handed_off(to=tom, now=SINCE - timedelta(days=1))  # before these weeks
    lead = story.an_mql(now=AGO)
    perform(lead, "hand_off", by=story.UserFactory(), now=AGO, to_team=team, offer_to_team=True)
    found = load.per_rep(SINCE, NOW, 4)
    assert [(one["name"], one["now"]) for one in found] == [("Rita", 1.125), ("Tom", 0.125)]


def test_the_draft_shares_its_mqls_as_today():
    reps = [{"name": name, "now": now} for name, now in (("Rita", 6.0), ("Tom", 3.6), ("Ada", 2.0))]
    table = load.table(result(reps), 6)
    assert [(r["draft"], r["state"], r["by"]) for r in table["rows"]] == [
        (9.0, "over", "3.0"),
        (pytest.approx(5.4), "nearly", "0.6"),
        (3.0, "free", "3.0"),
    ]
    assert (table["team"]["capacity"], table["team"]["state"]) == (18, "nearly")


def test_without_a_capacity_the_busiest_of_today_just_manages():
    assert load.table(result([{"name": "Rita", "now": 6.4}]), 0)["capacity"] == 6
    assert load.table(result([]), 0)["rows"] == []


def test_without_mqls_the_load_of_the_draft_cannot_be_told():
    table = load.table(result([{"name": "Rita", "now": 1.0}], now=0), 6)
    assert table["rows"][0]["draft"] is None


def cycles(won, lost):
    lead = LeadFactory()
    Cycle.objects.bulk_create(
        Cycle(
            lead=lead, number=i, origin="system", score=0, opened_at=NOW, closed_at=NOW,
            outcome="won" if i < won else "lost",
        )
        for i in range(won + lost)
    )  # fmt: skip


def test_the_goal_is_counted_backwards():
    """5 of 50 are won: 26 customers a year need 260 MQLs, 5 a week."""
    cycles(won=5, lost=45)
    found = goal.needed("26 new customers this year, 3 of them in Poland")
    assert found == {"customers": 26, "percent": 10, "ended": 50, "per_week": 5}
    assert goal.needed("1,040 customers")["per_week"] == pytest.approx(200)


@pytest.mark.parametrize(
    ("words", "customers"),
    [
        ("40 new customers this year", 40),
        (" 1200 Kunden", 1200),
        ("1 200 customers", 1200),
        ("7", 7),
    ],
)
def test_the_goal_begins_with_the_number(words, customers):
    cycles(won=5, lost=45)
    assert goal.needed(words)["customers"] == customers


@pytest.mark.parametrize(
    ("words", "won", "lost", "why"),
    [
        ("Many customers", 5, 45, "No number was found"),
        ("", 5, 45, "No number was found"),
        ("0 customers", 5, 45, "No number was found"),
        ("In 2026 we win 120 customers", 5, 45, "No number was found"),
        ("Raise revenue 30 % by 120 customers", 5, 45, "No number was found"),
        ("30 % more revenue", 5, 45, "No number was found"),
        ("30 percent more revenue", 5, 45, "No number was found"),
        ("2.5 million in revenue", 5, 45, "No number was found"),
        ("2026: 120 customers", 5, 45, "No number was found"),
        ("2026 120 customers", 5, 45, "No number was found"),
        ("40 customers", 2, 20, "Too few cycles have ended (22)"),
        ("40 customers", 0, 50, "No MQL has become a customer"),
    ],
)
def test_what_cannot_be_told_is_said(words, won, lost, why):
    cycles(won, lost)
    assert why in goal.needed(words)["why"]


def test_claims_and_open_cycles_do_not_count():
    cycles(won=15, lost=15)
    lead = LeadFactory()
    common = {"lead": lead, "score": 0, "opened_at": NOW}
    Cycle.objects.create(**common, number=1, origin="sales", outcome="won", closed_at=NOW)
    Cycle.objects.create(**common, number=2, origin="system")
    assert goal.needed("26")["ended"] == 30
