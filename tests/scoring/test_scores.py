"""Rescoring writes what changed, and the ledger explains what is written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from leads.changes import recording
from leads.models import Activity, Lead
from scoring import scores
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
PRICING = {
    "did": "page_view",
    "where": [{"property": "subject", "op": "contains", "value": "/pricing"}],
    "days": 30,
}
MANUFACTURING = {"field": "company.industry", "op": "is", "value": "manufacturing"}


def a_model(*rules, **fields):
    model = ScoringModelFactory(**fields)
    for rule in rules:
        RuleFactory(model=model, **rule)
    return model


def an_old_lead(**fields):
    return LeadFactory(created_at=NOW - timedelta(days=90), **fields)


def visits(lead, number, *, days_ago=1, **fields):
    at = NOW - timedelta(days=days_ago)
    return [ActivityFactory(lead=lead, happened_at=at, **fields) for _ in range(number)]


def scored(lead, model, now=NOW, **options):
    scores.rescore([lead.pk], model, now=now, **options)
    return Lead.objects.get(pk=lead.pk)


def lines(lead):
    return [(line.label, line.count, line.raw, line.points) for line in scores.ledger(lead).lines]


def test_each_activity_counts_up_to_the_cap_of_its_rule():
    model = a_model({"condition": PRICING, "points": 8, "cap": 20, "name": "Looked at prices"})
    lead = an_old_lead()
    visits(lead, 3)
    visits(lead, 1, days_ago=31)
    visits(lead, 1, subject="/about")
    lead = scored(lead, model)
    assert (lead.score, lead.engagement, lead.grade) == (20, 20, "D3")
    assert lines(lead) == [("Looked at prices", 3, 24, 20)]


def test_a_cap_bounds_negative_points_from_below():
    model = a_model({"condition": {"did": "email_open"}, "points": -3, "cap": 5})
    lead = an_old_lead()
    visits(lead, 2, kind="email_open")
    assert scored(lead, model).score == -5


def test_at_least_n_times_counts_nothing_below_n_and_all_from_n_on():
    model = a_model({"condition": {"did": "page_view", "times": 3}, "points": 2})
    lead = an_old_lead()
    visits(lead, 2)
    assert scored(lead, model).score == 0
    visits(lead, 1)
    assert scored(lead, model).score == 6


def test_what_the_cap_of_fit_takes_is_a_line_of_its_own():
    AttributeFactory(code="sites", label="Sites", kind="number")
    many_sites = {"field": "attr.sites", "op": "gte", "value": 3}
    model = a_model(
        {"kind": "fit", "condition": MANUFACTURING, "points": "7.25"},
        {"kind": "fit", "condition": many_sites, "points": 8, "order": 1},
        fit_cap=10,
    )
    lead = an_old_lead(company=CompanyFactory(), values={"sites": 4})
    lead = scored(lead, model)
    assert lead.score == 10
    assert lines(lead) == [
        ("Company industry is manufacturing", 1, Decimal("7.25"), Decimal("7.25")),
        ("Sites is at least 3", 1, 8, 8),
        ("Fit counts up to 10.00", 1, None, Decimal("-5.25")),
    ]


@pytest.mark.parametrize("decay", ["half_life", "step"])
def test_what_is_ages_old_has_faded_to_nothing(decay):
    model = a_model({"condition": {"did": "page_view"}, "decay": decay, "decay_days": 1})
    lead = LeadFactory(created_at=NOW - timedelta(days=20_000))
    visits(lead, 1, days_ago=20_000)
    assert scored(lead, model).score == 0
    visits(lead, 1, days_ago=0)
    assert scored(lead, model, now=NOW + timedelta(hours=1)).score == 5


def test_only_what_people_did_counts():
    model = a_model({"condition": {"did": "page_view"}})
    lead = an_old_lead()
    visits(lead, 1)
    visits(lead, 1, actor_class="suspected")
    visits(lead, 1, actor_class="bot")
    assert scored(lead, model).score == 5


def test_an_unchanged_score_is_not_written():
    model = a_model({"condition": {"did": "page_view"}})
    same, more = an_old_lead(), an_old_lead()
    assert scores.rescore([same.pk, more.pk], model, now=NOW) == 2
    before = row_versions()
    visits(more, 1)
    later = NOW + timedelta(hours=1)
    assert scores.rescore([same.pk, more.pk], model, now=later) == 1
    after = row_versions()
    assert {pk for pk, ctid in after.items() if before[pk] != ctid} == {more.pk}
    assert Lead.objects.get(pk=same.pk).scored_at == NOW
    assert Lead.objects.get(pk=more.pk).scored_at == later


def row_versions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ctid::text FROM leads_lead")
        return dict(cursor.fetchall())


def test_a_new_version_is_written_even_when_the_points_are_the_same():
    lead = an_old_lead()
    scored(lead, a_model())
    newer = a_model()
    assert scored(lead, newer).scored_by == newer.version


def test_rescoring_nobody_or_everybody():
    model = a_model({"kind": "fit", "condition": MANUFACTURING})
    for _ in range(3):
        an_old_lead(company=CompanyFactory())
    assert scores.rescore([], model, now=NOW) == 0
    assert scores.rescore(None, model, now=NOW) == 3
    assert set(Lead.objects.values_list("score", flat=True)) == {5}


def test_the_ledger_gives_back_the_stored_score_whatever_is_learnt_later():
    model = a_model(
        {"kind": "fit", "condition": MANUFACTURING, "points": 15},
        {"condition": PRICING, "points": 8},
    )
    lead = an_old_lead(company=CompanyFactory())
    visit = visits(lead, 2)[0]
    lead = scored(lead, model)
    later = NOW + timedelta(days=40)
    with recording(now=later):
        lead.company.industry = "Retail"
        lead.company.save()
        Activity.objects.filter(pk=visit.pk).update(actor_class="bot")
    visits(lead, 3, recorded_at=later)  # happened before, became known after
    ledger = scores.ledger(Lead.objects.get(pk=lead.pk))
    assert (ledger.score, ledger.grade, ledger.at) == (31, "C3", NOW)
    assert scored(lead, model, now=later).score == 0


def test_scores_can_be_written_as_of_an_earlier_moment():
    model = a_model({"condition": {"did": "page_view"}})
    lead = an_old_lead()
    visits(lead, 2, recorded_at=NOW + timedelta(days=1))
    assert scored(lead, model, as_of=NOW).score == 0
    assert scored(lead, model, now=NOW + timedelta(days=2)).score == 10


def test_a_flood_of_activities_cannot_burst_the_column():
    model = a_model({"condition": {"did": "page_view"}, "points": "90000"})
    lead = an_old_lead()
    visits(lead, 3)
    assert scored(lead, model).score == Decimal("99999.99")


def test_a_lead_that_was_never_scored_has_no_ledger():
    assert scores.ledger(an_old_lead()) is None


def test_a_draft_can_be_tried_on_one_lead():
    lead = an_old_lead()
    visits(lead, 1)
    draft = a_model({"condition": {"did": "page_view"}})
    assert scores.ledger(lead, model=draft, as_of=NOW).score == 5
    assert Lead.objects.get(pk=lead.pk).score == 0
