"""What would lift a lead: the fewest rules, found by the statement that scores."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.models import Lead
from scoring import scores
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    RuleFactory,
    RuleGroupFactory,
    ScoringModelFactory,
    UserFactory,
)
from tests.story import agreement_in_force

pytestmark = pytest.mark.django_db
NOW = timezone.now()
GOOD = ["A1", "B1", "A2", "B2"]


@pytest.fixture
def model():
    return ScoringModelFactory(fit_a=40, fit_b=20, fit_c=10, engagement_1=40, engagement_2=20)


def names(model, lead, grades=GOOD):
    return [
        rule.name for rule in scores.ledger(lead, model=model, as_of=NOW, wanted=grades).missing
    ]


def fits(model, value, points, name):
    condition = {"field": "lead.country", "op": "is", "value": value}
    return RuleFactory(model=model, kind="fit", points=points, condition=condition, name=name)


def test_the_one_rule_that_is_missing_is_found(model):
    fits(model, "DE", 20, "Home market")
    RuleFactory(model=model, points=8, name="Looked at prices")
    RuleFactory(model=model, points=20, condition={"did": "webinar"}, name="Attended a webinar")
    lead = LeadFactory()
    assert names(model, lead) == ["Attended a webinar"]
    ActivityFactory(lead=lead, kind="webinar", happened_at=NOW - timedelta(hours=1))
    assert names(model, lead, ["A2"]) == []


def test_two_together_when_none_does_it_alone(model):
    fits(model, "DE", 20, "Home market")
    RuleFactory(model=model, points=12, name="Looked at prices")
    RuleFactory(model=model, points=8, condition={"did": "form"}, name="Filled in a form")
    assert names(model, LeadFactory()) == ["Looked at prices", "Filled in a form"]


def test_what_a_lead_can_do_comes_before_what_it_would_have_to_be(model):
    fits(model, "DE", 20, "Home market")
    fits(model, "SE", 30, "North")
    RuleFactory(model=model, points=20, name="Looked at prices")
    assert names(model, LeadFactory(), ["A4", "B2"]) == ["Looked at prices"]
    assert names(model, LeadFactory(), ["A4"]) == ["North"]


def test_a_fact_that_holds_cannot_hold_twice(model):
    fits(model, "DE", 20, "Home market")
    assert names(model, LeadFactory(), ["A4"]) == []


def test_at_least_so_many_times_is_tried_whole_and_caps_bound_it(model):
    group = RuleGroupFactory(model=model, kind="engagement", cap=15)
    often = {"did": "page_view", "times": 4}
    RuleFactory(model=model, points=5, condition=often, name="Keeps coming")
    RuleFactory(model=model, points=99, condition={"did": "form"}, group=group, name="Form")
    RuleFactory(model=model, points=30, condition={"did": "event"}, cap=10, name="Event")
    assert names(model, LeadFactory(), ["D2"]) == ["Keeps coming"]


def test_nothing_is_promised_when_three_rules_are_not_enough(model):
    for kind in ("form", "event", "webinar", "download"):
        RuleFactory(model=model, points=5, condition={"did": kind}, name=kind)
    assert names(model, LeadFactory(), ["D2"]) == []
    assert names(model, LeadFactory(), []) == []


@settings(max_examples=25, deadline=None)
@given(points=st.lists(st.integers(-20, 25), min_size=1, max_size=4), wanted=st.sampled_from("123"))
def test_it_says_what_doing_it_would_give(django_db_blocker, points, wanted):
    kinds = ["form", "event", "webinar", "download"]
    with django_db_blocker.unblock():
        model, lead = ScoringModelFactory(), LeadFactory(created_at=NOW - timedelta(days=9))
        for kind, worth in zip(kinds, points, strict=False):
            RuleFactory(model=model, points=worth, condition={"did": kind}, name=kind)
        grades = [f"D{wanted}"]
        found = names(model, lead, grades)
        for kind in found:
            ActivityFactory(lead=lead, kind=kind, happened_at=NOW - timedelta(minutes=1))
        scores.rescore([lead.pk], model, now=NOW)
        assert (Lead.objects.get(pk=lead.pk).grade in grades) == bool(found)


def test_the_score_card_says_it_to_whom_it_concerns(client):
    agreement = agreement_in_force()
    lead = LeadFactory(job_title="Energy manager")
    scores.rescore([lead.pk], agreement.scoring_model, now=timezone.now())
    client.force_login(UserFactory())
    card = client.get(reverse("scoring:panel", args=[lead.pk])).content.decode()
    assert "would make it MQL" in card


@pytest.mark.parametrize(
    "facts",
    [
        {"grade": "A1"},
        {"do_not_contact": True},
        {"hold": "points", "hold_at": NOW},
        {"job_title": "Student"},
    ],
    ids=["is one", "suppressed", "on hold", "vetoed"],
)
def test_nothing_is_promised_to_whom_something_else_keeps_out(client, facts):
    agreement = agreement_in_force()
    lead = LeadFactory(job_title="Energy manager")
    scores.rescore([lead.pk], agreement.scoring_model, now=timezone.now())
    Lead.objects.filter(pk=lead.pk).update(**facts)
    client.force_login(UserFactory())
    card = client.get(reverse("scoring:panel", args=[lead.pk])).content.decode()
    assert "would make it MQL" not in card
