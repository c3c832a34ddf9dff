"""The truth at a moment is what was recorded by then: each way a fact can change since."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.models import BantAnswer, Discovery
from leads.changes import recording
from leads.conditions import to_q
from leads.models import Activity, Company, Lead, LeadAttributes, LeadEvent
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RepFactory,
)

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
CHANGED = BEFORE + timedelta(days=1)
AFTER = BEFORE + timedelta(days=2)


def true_at(condition):
    """(before, at the very moment of the change, now)"""
    moments = {"as_of": BEFORE}, {"as_of": CHANGED}, {"now": AFTER}
    return tuple(Lead.objects.filter(to_q(condition, **moment)).exists() for moment in moments)


def field(key, value):
    return {"field": key, "op": "is", "value": value}


@pytest.fixture
def lead():
    AttributeFactory(code="tier")
    return LeadFactory(country="DE", company=CompanyFactory(industry="Steel", employees=5))


@pytest.mark.parametrize(
    ("key", "was", "model", "change"),
    [
        ("lead.country", "DE", Lead, {"country": "AT"}),
        ("lead.country", "DE", Lead, {"country": ""}),
        ("company.industry", "steel", Company, {"industry": "Retail"}),
        ("company.employees", 5, Company, {"employees": None}),
        ("company.industry", "steel", Lead, {"company": None}),
    ],
)
def test_changed_fact(lead, key, was, model, change):
    with recording(now=CHANGED):
        model.objects.update(**change)
    assert true_at(field(key, was)) == (True, False, False)


def test_company_left_for_another_which_changed_too(lead):
    other = CompanyFactory(industry="Retail")
    with recording(now=CHANGED):
        Lead.objects.update(company=other)
        Company.objects.update(industry="Gone")
    assert true_at(field("company.industry", "steel")) == (True, False, False)
    assert true_at(field("company.industry", "retail")) == (False, False, False)
    assert true_at(field("company.industry", "gone")) == (False, True, True)


def test_company_that_was_deleted(lead):
    edited = BEFORE + timedelta(hours=1)
    with recording(now=edited):
        Company.objects.update(employees=7)
    with recording(now=CHANGED):
        Company.objects.get().delete()
    assert true_at(field("company.industry", "steel")) == (True, False, False)
    assert true_at(field("company.employees", 5)) == (True, False, False)
    assert true_at({"field": "company.industry", "op": "empty"}) == (False, True, True)
    then = to_q(field("company.employees", 7), as_of=edited)
    assert Lead.objects.filter(then).exists()


def test_fact_changed_twice(lead):
    for days, country in ((1, "AT"), (1.5, "CH")):
        with recording(now=BEFORE + timedelta(days=days)):
            Lead.objects.update(country=country)
    assert true_at(field("lead.country", "DE")) == (True, False, False)
    assert true_at(field("lead.country", "AT")) == (False, True, False)
    assert true_at(field("lead.country", "CH")) == (False, False, True)


def test_change_of_another_row_with_the_same_id(lead):
    CompanyFactory(pk=10**6, country="CH")
    LeadFactory(pk=10**6, country="FR")
    with recording(now=CHANGED):
        Company.objects.filter(pk=10**6).update(country="AT")
    assert true_at(field("lead.country", "FR")) == (True, True, True)


def test_attribute_that_was_not_there_yet(lead):
    with recording(now=CHANGED):
        LeadAttributes.objects.update(values={"tier": "gold"})
    assert true_at(field("attr.tier", "gold")) == (False, True, True)
    assert true_at({"field": "attr.tier", "op": "empty"}) == (True, False, False)


def test_attribute_that_was_removed(lead):
    LeadAttributes.objects.update(values={"tier": "gold"})
    with recording(now=CHANGED):
        LeadAttributes.objects.update(values={})
    assert true_at(field("attr.tier", "gold")) == (True, False, False)


def test_activity_recorded_late(lead):
    ActivityFactory(lead=lead, happened_at=BEFORE - timedelta(days=9), recorded_at=CHANGED)
    assert true_at({"did": "page_view"}) == (False, True, True)
    assert true_at({"did_not": "any"}) == (True, False, False)


@pytest.mark.parametrize(("was", "became"), [("human", "bot"), ("suspected", "human")])
def test_reclassified_activity(lead, was, became):
    ActivityFactory(lead=lead, happened_at=BEFORE, actor_class=was)
    with recording(now=CHANGED):
        Activity.objects.update(actor_class=became)
    human = became == "human"
    assert true_at({"did": "page_view"}) == (not human, human, human)


def test_stage(lead):
    """Also of a lead whose first event came later, and of a move that was undone. A move at the
    very moment follows from what is judged as of it, so it is not known yet."""
    moved = LeadEvent.objects.create(
        lead=lead, name="x", source="nurture", target="mql", happened_at=CHANGED, score=0
    )
    Lead.objects.update(stage="mql", due_at=AFTER)
    assert true_at({"stage": "is_in", "in": ["nurture"]}) == (True, True, False)
    assert true_at({"stage": "is_in", "in": ["mql"]}) == (False, False, True)
    assert true_at({"stage": "was_in", "in": ["nurture"]}) == (True, True, True)
    undone_at = CHANGED + timedelta(hours=1)
    LeadEvent.objects.create(
        lead=lead, name="undo", source="mql", target="nurture", happened_at=undone_at, score=0,
        undoes=moved,
    )  # fmt: skip
    Lead.objects.update(stage="nurture")
    entered = {"stage": "entered", "in": ["mql"], "days": 5}
    assert true_at({"stage": "is_in", "in": ["nurture"]}) == (True, True, True)
    for moment, expected in ((CHANGED, False), (undone_at, True), (AFTER, False)):
        for condition in (
            {"stage": "is_in", "in": ["mql"]},
            {"stage": "was_in", "in": ["mql"]},
            entered,
        ):
            assert Lead.objects.filter(to_q(condition, as_of=moment)).exists() == expected


def test_what_sales_found_out(lead):
    """An answer counts from when it was recorded; a call that says nothing changes nothing."""
    rep = RepFactory()
    for at, value in ((BEFORE, "no"), (CHANGED, "yes")):
        BantAnswer.objects.create(lead=lead, question="budget", value=value, by=rep, recorded_at=at)
    for at, right in ((BEFORE, None), (CHANGED, True), (AFTER, None)):
        Discovery.objects.create(
            lead=lead, by=rep, held_at=at, outcome="no_answer", right_contact=right
        )
    assert true_at(field("bant.budget", "no")) == (True, False, False)
    assert true_at(field("bant.budget", "yes")) == (False, True, True)
    assert true_at({"field": "bant.need", "op": "empty"}) == (True, True, True)
    assert true_at(field("discovery.right_contact", True)) == (False, True, True)
    assert true_at({"field": "discovery.right_contact", "op": "empty"}) == (True, False, False)


def test_the_day_of_creation_is_that_in_utc(lead):
    Lead.objects.update(created_at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    assert true_at(field("lead.created_at", "2026-02-28")) == (True, True, True)
    recent = {"field": "lead.created_at", "op": "within_days", "value": 2}
    assert true_at(recent) == (True, True, False)
