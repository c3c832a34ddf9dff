"""Both sides by one statement: the same as each alone, at any moment, and for each cycle's own."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.definition import Definition, definition
from handoff.models import QualifyingPath, Veto
from handoff.preview import outcomes
from handoff.preview.comparing import SIDES, SUPPRESSED, Comparison, qualifies
from handoff.qualifying import BAND
from leads.conditions import to_q
from leads.models import Cycle, Lead
from leads.perform import perform
from scoring import scores, versions
from scoring.models import ScoringModel
from tests import story
from tests.factories import ActivityFactory, RepFactory
from tests.handoff import preview_world as world
from tests.leads.condition_history import play
from tests.leads.condition_worlds import conditions_about, histories, moments_in
from tests.scoring.test_statement import rules_about

pytestmark = pytest.mark.django_db
LEADS = [1, 2]
MATRIX = {"A1": "review", "B2": "automatic", "C3": "review", "D4": "leave", "A4": "nurture"}
BANDS = {"fit_a": 20, "fit_b": 10, "fit_c": 0, "engagement_1": 20, "engagement_2": 10}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data(), histories())
def test_both_sides_are_what_each_is_alone(db, data, history):
    moments = data.draw(st.lists(moments_in(history), min_size=2, max_size=2))
    with transaction.atomic():
        play(history)
        rules = data.draw(rules_about(history))
        conditions = data.draw(st.lists(conditions_about(history), max_size=5))
        now = _definition(1, MATRIX, rules, conditions[:4])
        # Much the same, in another order.
        draft = _definition(2, {"A3": "review", "D4": "automatic"}, rules[::-2], conditions[1:])
        comparison = Comparison(now, draft)
        seen = {moment: _by_lead(comparison.at(moment, LEADS)) for moment in moments}
        for side, one in (("now", now), ("draft", draft)):
            _check_alone(seen[moments[0]], side, one, moments[0])
        _check_cycles(comparison, dict(zip(LEADS, moments, strict=True)), seen)
        transaction.set_rollback(True)


def _definition(version, matrix, rules, conditions):
    """Of a model, two paths and some vetoes; nothing of it is an agreement's."""
    model = ScoringModel.objects.create(version=version, name="B2B", engagement_3=0, **BANDS)
    for rule in rules:
        rule.pk, rule.model, rule.group, rule.points = None, model, None, rule.points * version
        rule.save(force_insert=True)
    named = [(f"condition {i}", one) for i, one in enumerate(conditions)]
    return Definition(
        agreement=SimpleNamespace(version=version),
        matrix=matrix,
        paths=[QualifyingPath(name=name, condition=one) for name, one in named[:2]],
        vetoes=[Veto(name=name, condition=one) for name, one in named[2:]],
        required=[],
        reasons=[],
        questions=[],
        attributes=[],
        rulebook=versions.rulebook(model),
    )


def _by_lead(rows):
    return {row["lead_id"]: row for row in rows}


def _check_alone(rows, side, definition, moment):
    alone = scores.rows(definition.rulebook, LEADS, now=moment, as_of=moment)
    for row in alone:
        both = rows[row["lead_id"]]
        for name in ("score", "fit", "engagement", "grade"):
            assert both[f"{side}_{name}"] == row[name]
        band = BAND if definition.band_holds(row["grade"]) else ""
        assert both[f"{side}_path"] == _first(definition.paths, row["lead_id"], moment, band)
        vetoed = _first(definition.vetoes, row["lead_id"], moment, "")
        assert both[f"{side}_veto"] in (vetoed, SUPPRESSED)


def _first(parts, lead_id, moment, otherwise):
    lead = Lead.objects.filter(pk=lead_id)
    holds = (one.name for one in parts if lead.filter(to_q(one.condition, as_of=moment)))
    return next(holds, otherwise)


def _check_cycles(comparison, opened_at, seen):
    cycles = [
        Cycle.objects.create(lead_id=pk, number=9, origin="system", score=0, opened_at=moment)
        for pk, moment in opened_at.items()
    ]
    found = _by_lead(comparison.at_opening([cycle.pk for cycle in cycles]))
    for pk, moment in opened_at.items():
        found[pk].pop("cycle_id")
        assert found[pk] == seen[moment][pk]


@pytest.fixture
def decided():
    """A comparison, and the cycle of one lead with two visits, opened three days ago, rejected."""
    agreement = world.in_force()
    draft = versions.rulebook(world.a_draft(agreement))
    now = definition(agreement.pk)
    rep = RepFactory()
    lead = story.a_lead(created_at=world.ago(20))
    for day in (5, 6):
        ActivityFactory(lead=lead, happened_at=world.ago(day))
    lead = perform(lead, "qualify", by=story.UserFactory(), now=world.ago(3))
    lead = perform(lead, "hand_off", by=story.UserFactory(), now=world.ago(3), to_user=rep)
    perform(lead, "reject", by=rep, now=world.ago(2), reason="no_budget", detail="none")
    return Comparison(now, replace(now, rulebook=draft)), lead


def test_what_became_known_after_the_cycle_was_opened_does_not_raise_its_score(decided):
    comparison, lead = decided
    (before,) = outcomes.cases(comparison, outcomes.decided())
    assert (before.score, before.accepted) == ({"now": 60, "draft": 50}, False)
    ActivityFactory(lead=lead, happened_at=world.ago(1))  # after it
    ActivityFactory(lead=lead, happened_at=world.ago(4), recorded_at=world.ago(2))  # known after it
    Lead.objects.filter(pk=lead.pk).update(job_title="Energy manager")
    (after,) = outcomes.cases(comparison, outcomes.decided())
    assert after == before
    (now,) = comparison.at(world.NOW, [lead.pk])
    assert (now["now_score"], now["draft_score"]) == (80, 60)
    assert qualifies(now, "now")


def test_only_what_sales_decided_on_has_an_outcome(decided):
    rep = RepFactory()
    tomorrow = {"discovery_at": world.ago(-1)}
    accepted = story.handed_off(to=rep, now=world.ago(2))
    perform(accepted, "accept", by=rep, now=world.ago(1), **tomorrow)
    perform(story.a_lead(), "claim", by=rep, now=world.ago(1), **tomorrow)  # never offered
    story.handed_off(to=rep, now=world.ago(1))  # not decided yet
    perform(
        story.an_mql(now=world.ago(2)),
        "recycle",
        by=story.UserFactory(),
        now=world.ago(1),
        reason="low_intent",
        until=world.ago(-9),
    )
    found = outcomes.cases(decided[0], outcomes.decided())
    assert {(one.accepted, one.outcome) for one in found} == {(False, "rejected"), (True, "open")}
    assert len(found) == 2
    assert all(set(one.score) == set(SIDES) for one in found)


def test_only_the_newest_outcomes_are_measured(decided, monkeypatch):
    monkeypatch.setattr(outcomes, "MOST", 1)
    rep = RepFactory()
    lead = story.handed_off(to=rep, now=world.ago(1))
    perform(lead, "reject", by=rep, now=world.NOW, reason="no_budget", detail="none")
    (pk,) = outcomes.decided()
    assert Cycle.objects.get(pk=pk).lead_id == lead.pk
    assert world.NOW - timedelta(days=2) < Cycle.objects.get(pk=pk).opened_at
