"""The one statement equals a plain reading of the rules, and its lines add up."""

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Lead
from scoring import scores, versions
from tests.leads.condition_history import facts_at, play
from tests.leads.condition_reference import activities, holds
from tests.leads.condition_worlds import HOURS, KINDS, START, histories, moments_in
from tests.scoring.model_worlds import models, rules_about, written

pytestmark = pytest.mark.django_db
END = START + timedelta(hours=HOURS + 1)  # after all that happens


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
        written(model, rules)
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
    """Points → decay → cap of the rule → cap of the group."""
    total, grouped = Decimal(0), defaultdict(Decimal)
    for rule in model.rules.filter(kind=kind).select_related("group"):
        weight = holds(rule.condition, facts, now, KINDS)
        if weight and "did" in rule.condition:
            did = activities(rule.condition, "did", facts, now)
            weight = sum(_weight(rule, now - one["happened_at"]) for one in did)
        magnitude = (abs(rule.points) * weight).quantize(Decimal("0.01"), ROUND_HALF_UP)
        magnitude = _bounded(magnitude, rule.cap)
        grouped[rule.group] += magnitude if rule.points >= 0 else -magnitude
    for group, points in grouped.items():
        total += max(-group.cap, min(group.cap, points)) if group else points
    return total


def _weight(rule, age):
    """In millionths, as a decimal; whole days count."""
    days = max(age // timedelta(days=1), 0)
    if rule.decay == "step":
        return Decimal(days < rule.decay_days)
    halved = 0.5 ** (days / rule.decay_days) if rule.decay == "half_life" else 1
    return Decimal(round(halved * 1_000_000)) / 1_000_000


def _bounded(points, cap):
    return points if cap is None else min(points, cap)
