"""Whatever may change the explanation of a score is seen; and if nothing did, present is past."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.changes import recording
from leads.models import Activity, Attribute, Lead, LeadAttributes, Touch
from scoring import scores
from scoring.since import RecordedSince
from tests.factories import (
    ActivityFactory,
    CompanyFactory,
    LeadFactory,
    RuleFactory,
    ScoringModelFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 21, 10, 24, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lead():
    company = CompanyFactory(industry="Manufacturing")
    lead = LeadFactory(created_at=NOW - timedelta(days=90), company=company)
    ActivityFactory(lead=lead, kind="page_view", happened_at=NOW - timedelta(days=1))
    model = ScoringModelFactory()
    RuleFactory(model=model, condition={"did": "page_view", "days": 30})
    industry = {"field": "company.industry", "op": "is", "value": "Manufacturing"}
    RuleFactory(model=model, kind="fit", condition=industry)
    scores.rescore([lead.pk], model, now=NOW)
    return read(lead.pk)


def read(pk):
    return Lead.objects.annotate(recorded_since=RecordedSince()).get(pk=pk)


def activity(lead):
    ActivityFactory(lead=lead, happened_at=NOW - timedelta(days=2), recorded_at=LATER)


def touch(lead):
    Touch.objects.create(lead=lead, source="fair", happened_at=NOW, recorded_at=LATER)


def fact(lead):
    lead.city = "Brno"
    lead.save()


def company(lead):
    lead.company.industry = "Retail"
    lead.company.save()


def other_company(lead):
    lead.company = CompanyFactory(industry="Retail")
    lead.save()


def attribute(lead):
    Attribute.objects.get_or_create(code="size", label="Size", kind="number")
    LeadAttributes.objects.update_or_create(lead=lead, defaults={"values": {"size": 3}})


def robot(lead):
    Activity.objects.filter(lead=lead).update(actor_class="bot")


@pytest.mark.parametrize(
    "happens", [activity, touch, fact, company, other_company, attribute, robot]
)
def test_news_are_seen(lead, happens):
    assert not lead.recorded_since
    with recording(now=LATER):
        happens(lead)
    assert read(lead.pk).recorded_since


def test_what_happens_to_others_is_no_news(lead):
    other = LeadFactory(created_at=NOW - timedelta(days=90), company=CompanyFactory())
    with recording(now=LATER):
        for happens in (activity, touch, fact, company, attribute):
            happens(other)
    assert not read(lead.pk).recorded_since


def test_without_news_the_present_tells_the_score(lead):
    assert scores.ledger(lead, since=False) == scores.ledger(lead)
    assert scores.ledger(lead, since=False).score == lead.score > 0


def test_a_move_after_the_score_does_not_change_its_ledger():
    model = ScoringModelFactory()
    RuleFactory(model=model, condition={"stage": "is_in", "in": ["unqualified"]})
    lead = LeadFactory(created_at=NOW - timedelta(days=90))
    scores.rescore([lead.pk], model, now=NOW)
    Lead.objects.filter(pk=lead.pk).update(stage="mql", due_at=LATER)
    lead = read(lead.pk)
    lead.events.create(
        name="qualify", source="unqualified", target="mql", happened_at=LATER, score=lead.score
    )
    assert scores.ledger(lead, since=lead.recorded_since).score == lead.score
