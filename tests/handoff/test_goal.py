"""The MQLs that a goal needs, counted backwards with the rates of the last year."""

from datetime import UTC, date, datetime, timedelta

import pytest

from handoff import goal
from handoff.models import Agreement
from leads.models import Cycle
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def cycles(*outcomes, closed_at=NOW, origin="system"):
    """One that has ended for each: how far it came and how it ended."""
    lead = LeadFactory()
    Cycle.objects.bulk_create(
        Cycle(
            lead=lead, number=number, origin=origin, score=0, opened_at=closed_at,
            closed_at=closed_at, **FAR[far], outcome="won" if far == "won" else "lost",
        )
        for number, far in enumerate(outcomes)
    )  # fmt: skip


HANDED_OFF = {"handed_off_at": NOW}
ACCEPTED = {**HANDED_OFF, "accepted_at": NOW}
FAR = {
    "mql": {},
    "handed_off": HANDED_OFF,
    "accepted": ACCEPTED,
    "sql": {**ACCEPTED, "qualified_at": NOW},
    "won": {**ACCEPTED, "qualified_at": NOW},
}
HALVES = ["mql"] * 80 + ["handed_off"] * 40 + ["accepted"] * 20 + ["sql"] * 10 + ["won"] * 10


def needed(customers=26, **changes):
    return goal.needed(Agreement(goal_customers=customers, **changes), NOW)


def test_the_goal_is_counted_backwards_step_by_step():
    cycles(*HALVES)
    told = needed(26)
    assert told.rates == [50, 50, 50, 50]
    assert told.numbers == [26, 52, 104, 208, 416]
    assert told.mqls_a_month == pytest.approx(416 / 12)
    assert told.mqls_a_week == pytest.approx(8)


@pytest.mark.parametrize(
    ("begin", "end", "months"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 12),
        (date(2026, 7, 1), date(2026, 12, 31), 6),
        (date(2026, 7, 1), None, 12),
        (None, date(2026, 12, 31), 12),
    ],
)
def test_a_goal_has_as_long_as_it_says(begin, end, months):
    cycles(*HALVES)
    told = needed(goal_from=begin, goal_until=end)
    assert told.months == months
    assert told.mqls_a_month == pytest.approx(416 / months)


@pytest.mark.parametrize(
    ("customers", "outcomes", "why"),
    [
        (None, HALVES, "names no number"),
        (0, HALVES, "names no number"),
        (40, ["won"] * 2 + ["mql"] * 20, "Too few cycles have ended in a year (22)"),
        (40, ["mql"] * 50, "No MQL has become a customer"),
    ],
)
def test_what_cannot_be_told_is_said(customers, outcomes, why):
    cycles(*outcomes)
    assert why in needed(customers).why


def test_claims_open_cycles_and_the_year_before_do_not_count():
    cycles(*HALVES)
    cycles("won", origin="sales")
    cycles("won", closed_at=NOW - timedelta(days=366))
    Cycle.objects.create(lead=LeadFactory(), number=1, origin="system", score=0, opened_at=NOW)
    assert needed().ended == 160


def test_who_was_won_came_past_every_step_whatever_was_recorded():
    cycles(*["mql"] * 30)
    lead, won = LeadFactory(), {"origin": "import", "score": 0, "outcome": "won"}
    Cycle.objects.create(lead=lead, number=1, opened_at=NOW, closed_at=NOW, **won)
    assert needed().counts == (1, 1, 1, 1, 31)
