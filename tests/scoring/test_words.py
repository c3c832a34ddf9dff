"""A score in words: the sentence above the numbers, and the reasons in lists."""

from datetime import UTC, datetime, timedelta

import pytest

from leads import activities
from leads.models import Lead
from scoring import scores, words
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RuleFactory,
    ScoringModelFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 21, 10, 24, tzinfo=UTC)


def first_line(*, fit, engagement, last=None, company=True, bot=None):
    """Of a lead with these points whose newest activity was `last` days ago."""
    model = ScoringModelFactory()
    RuleFactory(
        model=model, kind="fit", points=fit, condition={"field": "lead.email", "op": "not_empty"}
    )
    RuleFactory(model=model, points=engagement, cap=abs(engagement))
    lead = LeadFactory(company=CompanyFactory() if company else None)
    for days, actor_class in ((last, "human"), (bot, "bot")):
        if days is not None:
            at = NOW - timedelta(days=days)
            ActivityFactory(lead=lead, happened_at=at, actor_class=actor_class)
    scores.rescore([lead.pk], model, now=NOW)
    return said_of(lead, NOW)


def said_of(lead, now):
    lead = Lead.objects.annotate(classes=activities.classes_of_lead()).get(pk=lead.pk)
    return words.first_line(lead, scores.ledger(lead), last_at=activities.last_at(lead), now=now)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"fit": 45, "engagement": 30, "last": 9}, "A2: right company, cooling since 12 May."),
        ({"fit": 45, "engagement": 50, "last": 1}, "A1: right company, very active this week."),
        ({"fit": 30, "engagement": 50, "last": 7}, "B1: good company, very active this week."),
        ({"fit": 12, "engagement": 5, "last": 20}, "C4: company fits in part, quiet since 1 May."),
        ({"fit": 5, "engagement": 5}, "D4: not our customer so far, has done nothing yet."),
        ({"fit": 5, "engagement": 5, "bot": 1},
         "D4: not our customer so far, has done nothing yet."),
        ({"fit": 45, "engagement": 15, "last": 200, "company": False},
         "A3: right fit, cooling since 2 Nov 2025."),
    ],
)  # fmt: skip
def test_the_first_line(facts, said):
    assert first_line(**facts) == said


def test_a_lead_without_score_says_so():
    lead = LeadFactory()
    assert said_of(lead, NOW) == "Not scored yet."


def test_what_happened_since_counts_though_it_changed_no_point():
    """An unchanged score is not written, so its ledger may be old."""
    model = ScoringModelFactory()
    RuleFactory(model=model, points=50, cap=50)
    lead = LeadFactory()
    ActivityFactory(lead=lead, happened_at=NOW - timedelta(days=1))
    scores.rescore([lead.pk], model, now=NOW)
    later = NOW + timedelta(days=100)
    assert "cooling since 20 May" in said_of(lead, later)
    ActivityFactory(lead=lead, happened_at=later - timedelta(days=1))
    scores.rescore([lead.pk], model, now=later)
    assert "very active this week" in said_of(lead, later)


def test_the_reasons_are_what_gave_most_points(django_assert_num_queries):
    model = ScoringModelFactory()
    RuleFactory(model=model, points=8, name="Pricing page")
    RuleFactory(model=model, points=20, name="Webinar", condition={"did": "webinar"})
    RuleFactory(model=model, points=-50, name="Opened", condition={"did": "email_open"})
    industry = {"field": "company.industry", "op": "is", "value": "Manufacturing"}
    RuleFactory(model=model, kind="fit", points=15, name="ICP industry", condition=industry)
    german = {"field": "lead.country", "op": "is", "value": "de"}
    RuleFactory(model=model, kind="fit", points=2, condition=german)
    busy, quiet = LeadFactory(company=CompanyFactory()), LeadFactory()
    for kind, times in (("page_view", 2), ("webinar", 1), ("email_open", 1)):
        for _ in range(times):
            ActivityFactory(lead=busy, kind=kind, happened_at=NOW - timedelta(days=1))
    scores.rescore(None, model, now=NOW)
    leads = [*Lead.objects.order_by("pk"), LeadFactory()]
    with django_assert_num_queries(2):
        why = words.why(leads)
    assert why == {
        busy.pk: "webinar, pricing page ×2, ICP industry",
        quiet.pk: "country is de",
    }


def test_reasons_may_read_custom_attributes(django_assert_max_num_queries):
    AttributeFactory(code="sites", label="Sites", kind="number")
    rule = RuleFactory(kind="fit", condition={"field": "attr.sites", "op": "gte", "value": 3})
    few, many = (LeadFactory(values={"sites": sites}).pk for sites in (2, 3))
    scores.rescore(None, rule.model, now=NOW)
    leads = list(Lead.objects.all())
    with django_assert_max_num_queries(3):
        why = words.why(leads)
    assert why == {few: "", many: "sites is at least 3"}


def test_a_page_without_scores_has_no_reasons():
    assert words.why([LeadFactory()]) == {}
