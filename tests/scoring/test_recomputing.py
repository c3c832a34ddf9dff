"""Whatever happens between and after: each score that was ever stored can be computed again."""

from datetime import timedelta
from operator import itemgetter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Lead
from scoring import recomputing, scores
from scoring.models import ScoreChange, ScoringModel
from tests.factories import ActivityFactory, LeadFactory, RuleFactory, ScoringModelFactory
from tests.leads.condition_history import play
from tests.leads.condition_worlds import START, histories
from tests.scoring.model_worlds import models, rules_about, written

pytestmark = pytest.mark.django_db
minutes = st.integers(1, 11 * 60)  # the steps of a history lie twelve hours apart
some_leads = st.sampled_from([None, [1], [2], [1, 2]])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), histories(), models)
def test_stored_scores_are_those_computed_again(db, data, history, model):
    """Two models score some leads, or all, at any moments between the steps of a history."""
    second = ScoringModel(version=2, name="Second", fit_a=5, fit_b=3, fit_c=1)
    rules = {one: data.draw(rules_about(history)) for one in (1, 2)}
    versions = {1: model, 2: second}
    scorings = st.lists(st.tuples(minutes, some_leads, st.sampled_from([1, 1, 2])), max_size=2)

    def score_now_and_then(hours):
        for version in [] if model.pk else versions:
            written(versions[version], rules[version])
        for passed, leads, version in sorted(data.draw(scorings), key=itemgetter(0)):
            at = START + timedelta(hours=hours, minutes=passed)
            scores.rescore(leads, versions[version], now=at)

    with transaction.atomic():
        play(history, after=score_now_and_then)
        stored = set(ScoreChange.objects.values_list("at", "model"))
        stored |= set(Lead.objects.exclude(scored_at=None).values_list("scored_at", "scored_by"))
        assert recomputing.moments() == sorted(stored)
        for moment in stored:
            found, compared, leads = recomputing.recompute(moment)
            assert found == []
            assert compared >= leads > 0
        transaction.set_rollback(True)


def test_a_stored_score_that_was_tampered_with_is_named():
    model = ScoringModelFactory(version=1)
    RuleFactory(model=model)
    lead = ActivityFactory(happened_at=START).lead
    scores.rescore([lead.pk], model, now=START)
    Lead.objects.update(score=6, engagement=6)
    (found,), compared, leads = recomputing.recompute((START, 1))
    assert (found.lead_id, compared, leads) == (lead.pk, 2, 1)
    assert found.history == "6.00 D4: fit 0.00, engagement 6.00"
    assert found.replay == "5.00 D4: fit 0.00, engagement 5.00"


def test_a_model_that_is_gone_gives_nothing_back():
    lead = LeadFactory()
    Lead.objects.update(score=6, engagement=6, scored_at=START, scored_by=7)
    (found,), _, _ = recomputing.recompute((START, 7))
    assert (found.lead_id, found.replay) == (lead.pk, "there is no such model")


def test_only_what_was_stored_since_is_asked_for():
    model, lead = ScoringModelFactory(version=1), LeadFactory()
    RuleFactory(model=model)
    days = [START + timedelta(days=n) for n in range(3)]
    for day in days:
        ActivityFactory.create_batch(3, lead=lead, happened_at=day)
        scores.rescore(None, model, now=day)
    assert recomputing.moments(days[1]) == [(day, 1) for day in days[1:]]
