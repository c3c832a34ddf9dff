"""The one statement equals a plain reading of the rules, and its lines add up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Lead
from scoring import scores, versions
from scoring.models import Rule, ScoringModel
from tests.leads.condition_history import facts_at, play
from tests.leads.condition_reference import activities, holds
from tests.leads.condition_worlds import (
    HOURS,
    KINDS,
    START,
    conditions_about,
    histories,
    leaves,
    moments_in,
)

pytestmark = pytest.mark.django_db
END = START + timedelta(hours=HOURS)

points = st.decimals(-50, 50, places=2)
caps = st.one_of(st.none(), st.decimals(0, 30, places=2))
counting = leaves.filter(lambda condition: "did" in condition)
models = st.builds(
    ScoringModel, version=st.just(1), name=st.just("B2B"), fit_cap=caps, engagement_cap=caps
)


def rules_about(history):
    """Every second one counts activities."""
    condition = st.one_of(counting, conditions_about(history))
    kind = st.sampled_from(["fit", "engagement"])
    return st.lists(
        st.builds(Rule, kind=kind, condition=condition, points=points, cap=caps), max_size=8
    )


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data(), histories(), models)
def test_scores_equal_a_plain_reading_of_the_rules(db, data, history, model):
    moment = data.draw(moments_in(history))
    rules = data.draw(rules_about(history))
    with transaction.atomic():
        play(history)
        model.save(force_insert=True)
        for rule in rules:
            rule.model = model
            rule.save(force_insert=True)
        _check_stored(model, history)
        _check_as_of(model, history, moment)
        transaction.set_rollback(True)


def _check_stored(model, history):
    scores.rescore(None, model, now=END)
    for pk, facts in facts_at(history, END).items():
        lead = Lead.objects.get(pk=pk)
        assert (lead.fit, lead.engagement, lead.score) == _plain(model, facts, END)
        ledger = scores.ledger(lead)
        assert sum(line.points for line in ledger.lines) == ledger.score == lead.score
        assert ledger.grade == lead.grade


def _check_as_of(model, history, moment):
    rows = scores.rows(versions.rulebook(model), [1, 2, 3], now=moment, as_of=moment)
    found = {row["lead_id"]: (row["fit"], row["engagement"], row["score"]) for row in rows}
    facts = facts_at(history, moment)
    assert found == {pk: _plain(model, lead, moment) for pk, lead in facts.items()}


def _plain(model, facts, now):
    fit = _bounded(_points(model, "fit", facts, now), model.fit_cap)
    engagement = _bounded(_points(model, "engagement", facts, now), model.engagement_cap)
    return fit, engagement, fit + engagement


def _points(model, kind, facts, now):
    total = Decimal(0)
    for rule in model.rules.filter(kind=kind):
        count = holds(rule.condition, facts, now, KINDS)
        if count and "did" in rule.condition:
            count = len(activities(rule.condition, "did", facts, now))
        magnitude = _bounded(abs(rule.points) * count, rule.cap)
        total += magnitude if rule.points >= 0 else -magnitude
    return total


def _bounded(points, cap):
    return points if cap is None else min(points, cap)
