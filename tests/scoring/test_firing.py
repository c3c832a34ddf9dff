"""How many leads each rule found in the last 30 days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from scoring import computing, firing, versions
from scoring.models import Computation
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    RuleFactory,
    ScoringModelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
GERMAN = {"field": "lead.country", "op": "is", "value": "DE"}


def days_ago(days):
    return NOW - timedelta(days=days)


def a_lead(*days, came=100, kind="page_view", **fields):
    lead = LeadFactory(created_at=days_ago(came), **fields)
    for number in days:
        ActivityFactory(lead=lead, kind=kind, happened_at=days_ago(number))
    return lead


def counted(model, django_capture):
    with django_capture(execute=True):
        firing.ask(model.version, by=UserFactory(), now=NOW)
    done, live = firing.latest(model.version)
    assert live is None
    return {
        rule.name: done.result["leads"][firing.key(rule)] for rule in versions.rulebook(model).rules
    }


def test_activities_of_these_days_and_facts_of_whoever_moved(django_capture_on_commit_callbacks):
    model = ScoringModelFactory()
    RuleFactory(model=model, name="any", condition={"did": "page_view"})
    RuleFactory(model=model, name="short", condition={"did": "page_view", "days": 7})
    RuleFactory(model=model, name="long", condition={"did": "page_view", "days": 300})
    RuleFactory(model=model, name="twice", condition={"did": "page_view", "times": 2})
    RuleFactory(model=model, name="never", condition={"did": "webinar"})
    RuleFactory(model=model, name="german", kind="fit", condition=GERMAN)
    a_lead(1, 2)
    a_lead(20)
    a_lead(40, 50)  # long ago
    a_lead(came=3)
    a_lead(1, country="FR")
    ActivityFactory(lead=a_lead(), actor_class="bot", happened_at=days_ago(1))
    assert counted(model, django_capture_on_commit_callbacks) == {
        "any": 3, "short": 3, "long": 3, "twice": 1, "never": 0, "german": 3,
    }  # fmt: skip


def test_a_model_without_rules_counts_nothing(django_capture_on_commit_callbacks):
    assert counted(ScoringModelFactory(), django_capture_on_commit_callbacks) == {}


def test_it_is_counted_anew_after_an_hour_and_for_other_rules(django_capture_on_commit_callbacks):
    rule = RuleFactory()
    book = versions.of(rule.model.version)
    assert firing.wanting(book, None, NOW)
    counted(rule.model, django_capture_on_commit_callbacks)
    done, _live = firing.latest(rule.model.version)
    assert not firing.wanting(book, done, NOW)
    assert firing.wanting(book, done, NOW + timedelta(minutes=61))
    rule.condition = {"did": "form"}
    rule.save()
    assert firing.wanting(versions.of(rule.model.version), done, NOW)


def test_a_version_that_is_gone_is_told():
    row = firing.ask(99, by=None, now=NOW)
    computing.run(row.pk)
    assert Computation.objects.get().error == "There is no version 99 any more."
