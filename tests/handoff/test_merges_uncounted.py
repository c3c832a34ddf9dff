"""A merge turns nobody down: no report counts it as a decision of marketing or sales."""

from datetime import timedelta

import pytest

from accounts import roles
from handoff import agreements, goal, restating
from handoff.models import Decision
from insights import scorecard
from leads import cycles
from leads.duplicates import unmerging
from leads.models import Cycle, Lead
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory
from tests.leads.two_leads import NOW, fresh, one

pytestmark = pytest.mark.django_db
SINCE, UNTIL, LATER = (NOW + timedelta(days=days) for days in (-40, 1, 0.1))


@pytest.fixture
def marta():
    return UserFactory(role=roles.MARKETING_MANAGER)


@pytest.fixture
def force():
    return story.agreement_in_force(now=NOW)


@pytest.fixture(params=[story.an_mql, story.handed_off, story.accepted])
def merged(request, marta):
    """An open lead, whose cycle the merge ended."""
    loser = request.param(now=NOW)
    one(LeadFactory(), loser, marta)
    return fresh(loser)


def test_its_cycle_says_so_and_is_the_fold_of_its_events(merged):
    assert list(merged.cycles.values_list("outcome", "reason")) == [("merged", "duplicate")]
    assert cycles.differing([merged.pk]) == []
    cycles.rebuild([merged.pk])
    assert not Cycle.objects.filter(outcome="disqualified").exists()


def test_who_is_turned_down_as_a_duplicate_is_disqualified(force, marta):
    lead = story.an_mql(now=NOW)
    said = {"reason": "duplicate", "other": LeadFactory(), "other_said": "Anke Brandt"}
    perform(lead, "disqualify", by=marta, now=NOW, **said)
    assert lead.cycles.get().outcome == "disqualified"


def test_sales_decided_nothing(merged):
    assert not Decision.objects.exclude(event__name="accept").exists()


def test_what_a_rep_turns_down_still_reaches_marketing(force):
    rep = RepFactory()
    lead = story.accepted(by=rep, now=NOW)
    perform(lead, "disqualify", by=rep, now=LATER, reason="suspect", detail="no_need")
    assert Decision.objects.filter(event__name="disqualify").get().due_at


def test_the_scorecard_stays_as_it_was(marta):
    rep = RepFactory()
    loser = story.handed_off(to=rep, now=NOW)
    perform(story.handed_off(to=rep, now=NOW), "reject", by=rep, now=NOW, reason="low_intent")
    agreement = agreements.in_force()
    before = _card(agreement)
    one(LeadFactory(email=""), loser, marta, email="theirs")  # and it has no address any more
    assert fresh(loser).email == ""
    assert _card(agreement) == before


def _card(agreement):
    month = scorecard.month_of(NOW, agreement, NOW + timedelta(minutes=1))
    sides = scorecard.scorecard(month, agreement)
    return {line.measure: (line.good, line.all) for lines in sides.values() for line in lines}


def test_no_rate_of_the_goal_falls(force, marta, monkeypatch):
    monkeypatch.setattr(goal, "FEW", 1)
    force.goal_customers = 10
    rep = RepFactory()
    perform(story.an_sql(by=rep, now=NOW), "win", by=rep, now=NOW, amount=1000)
    before = goal.needed(force, UNTIL).counts
    one(LeadFactory(), story.an_mql(now=NOW), marta)
    assert goal.needed(force, UNTIL).counts == before == (1, 1, 1, 1, 1)


def test_a_review_that_a_merge_ended_was_none(force, marta):
    loser = story.an_mql(now=NOW)
    one(LeadFactory(), loser, marta, now=NOW + timedelta(days=20))
    assert _reviewed() == restating.Kept()
    sent = story.handed_off(now=NOW)
    one(LeadFactory(), sent, marta, now=NOW + timedelta(days=20))
    assert _reviewed() == restating.Kept(in_time=1)


def _reviewed():
    now = NOW + timedelta(days=30)
    return restating.reviewed(SINCE, UNTIL, now=now)[restating.REVIEW]


def test_taken_back_at_once_the_cycle_goes_on(marta):
    loser = story.handed_off(now=NOW)
    row = one(LeadFactory(), loser, marta)
    unmerging.unmerge(row, by=marta, now=NOW + timedelta(seconds=5))
    assert loser.cycles.get().outcome == "open"
    assert cycles.differing(Lead.objects.values_list("pk", flat=True)) == []
