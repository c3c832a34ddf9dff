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
END = START + timedelta(hours=HOURS + 1)  # after all that happens

points = st.decimals(-50, 50, places=2)
caps = st.one_of(st.none(), st.decimals(0, 30, places=2))
counting = leaves.filter(lambda condition: "did" in condition)
kinds = st.sampled_from(["fit", "engagement"])
days = st.integers(1, 4)
fadings = st.one_of(
    st.just(("none", None)),
    st.tuples(st.sampled_from(["step", "half_life"]), days),
)
GROUPS = [None, "Mails", "Visits"]
models = st.builds(
    ScoringModel, version=st.just(1), name=st.just("B2B"), fit_cap=caps, engagement_cap=caps
)


def rules_about(history):
    """Every second one counts activities."""
    condition = st.one_of(counting, conditions_about(history))
    return st.lists(
        st.builds(a_rule, kinds, condition, points, caps, fadings, st.sampled_from(GROUPS)),
        max_size=8,
    )


def a_rule(kind, condition, points, cap, fading, group):
    """Only points for activities fade."""
    decay, days = fading if "did" in condition else ("none", None)
    rule = Rule(
        kind=kind, condition=condition, points=points, cap=cap, decay=decay, decay_days=days
    )
    rule.wanted_group = group
    return rule


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
            rule.model, rule.group = model, _group_of(model, rule)
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


def _group_of(model, rule):
    name = f"{rule.wanted_group} {rule.kind}"
    if rule.wanted_group:
        return model.groups.get_or_create(name=name, defaults={"kind": rule.kind, "cap": 12})[0]


def _bounded(points, cap):
    return points if cap is None else min(points, cap)
