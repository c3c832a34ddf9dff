"""Two leads that are one person: merged with everything, and told by both."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from accounts import roles
from handoff import judging
from handoff.models import Handoff, ReviewEntry
from leads.duplicates import unmerging
from leads.models import (
    Activity,
    Cycle,
    LeadEvent,
    Merge,
    StaleLead,
    Touch,
)
from leads.perform import perform
from leads.refusals import Conflict, Forbidden, Refusal
from leads.timeline import timeline
from tests import story
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    RepFactory,
    UserFactory,
)
from tests.leads.two_leads import NOW, fresh, one, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivana():
    return UserFactory(first_name="Ivana", last_name="Petrova")


@pytest.fixture
def marta():
    return UserFactory(role=roles.MARKETING_MANAGER)


@pytest.fixture
def force():
    return story.agreement_in_force(now=NOW)


def test_what_a_person_did_moves_and_the_story_of_each_stays(force, ivana):
    winner, loser = LeadFactory(), LeadFactory(last_name="Brand")
    rows = rows_of(loser)
    StaleLead.objects.all().delete()
    row = one(winner, loser, ivana)
    assert {type(r).objects.get(pk=r.pk).lead_id for r in rows} == {winner.pk}
    assert row.moved == {type(r)._meta.label: [r.pk] for r in rows}
    assert fresh(loser).merged_into == winner
    assert set(StaleLead.objects.values_list("lead_id", flat=True)) == {winner.pk, loser.pk}
    for lead, other in ((winner, loser), (loser, winner)):
        event = LeadEvent.objects.get(lead=lead, name="merged")
        assert (event.details["other"], event.details["other_said"]) == (other.pk, other.title)
        assert (event.source, event.target, event.actor) == ("", "", ivana)


def test_no_other_way_leads_to_another_lead():
    """The rows are as immutable as they were."""
    row, other = ActivityFactory(), LeadFactory()
    one_touch = Touch.objects.create(lead=other, happened_at=NOW, recorded_at=NOW)
    for found in (Activity.objects.filter(pk=row.pk), Touch.objects.filter(pk=one_touch.pk)):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            found.update(lead=LeadFactory())


def test_after_a_merge_they_are_immutable_again(force, ivana):
    winner, loser = LeadFactory(), LeadFactory()
    row = ActivityFactory(lead=loser)
    one(winner, loser, ivana)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        Activity.objects.filter(pk=row.pk).update(lead=loser)


def test_an_offered_lead_leaves_through_the_door(ivana, marta):
    loser = story.handed_off(now=NOW)
    winner = story.accepted(now=NOW)
    with pytest.raises(Forbidden):
        one(winner, loser, ivana)  # sales has it: a manager's or its owner's to give up
    assert not Merge.objects.exists()
    one(winner, loser, marta)
    loser = fresh(loser)
    assert (loser.stage, loser.merged_into) == ("disqualified", winner)
    assert Handoff.objects.get(lead=loser).state == "withdrawn"
    cycle = Cycle.objects.get(lead=loser)
    assert (cycle.outcome, cycle.reason) == ("merged", "duplicate")
    assert Cycle.objects.get(lead=winner).outcome == "open"


def test_an_mql_leaves_the_review(ivana):
    loser, winner = story.an_mql(now=NOW), story.an_mql(now=NOW)
    assert ReviewEntry.objects.filter(lead=loser).exists()
    one(winner, loser, ivana)
    assert not ReviewEntry.objects.filter(lead=loser).exists()
    assert ReviewEntry.objects.filter(lead=winner).exists()


def test_a_lead_in_the_pipeline_is_no_loser(marta):
    loser, winner = story.an_sql(now=NOW), LeadFactory()
    with pytest.raises(Refusal, match="close its opportunity first"):
        one(winner, loser, marta)
    one(loser, winner, marta)
    assert fresh(winner).merged_into == loser


def test_a_closed_lead_keeps_its_stage(marta):
    sql = story.an_sql(now=NOW)
    loser = perform(sql, "lose", by=marta, now=NOW, reason="price")
    one(LeadFactory(), loser, marta)
    assert fresh(loser).stage == "lost"
    assert not LeadEvent.objects.filter(lead=loser, name="disqualify").exists()


def test_who_is_known_by_a_phone_alone_is_merged_and_unmerged(force, ivana):
    same = {"phone": "+49 561 77", "first_name": "Anke", "last_name": "Brandt"}
    winner, loser = LeadFactory(email="", **same), LeadFactory(email="a@b.example", **same)
    row = one(winner, loser, ivana)
    assert fresh(winner).email == "a@b.example"
    unmerging.unmerge(row, by=ivana, now=NOW)
    assert (fresh(winner).email, fresh(loser).email) == ("", "a@b.example")


def test_nothing_moves_a_merged_lead(force, ivana, marta):
    winner, loser = LeadFactory(), LeadFactory()
    one(winner, loser, ivana)
    for name, by in (("undo", ivana), ("reopen", marta), ("qualify", marta)):
        with pytest.raises(Conflict, match="merged into another one"):
            perform(loser, name, by=by, now=NOW, reason="other", note="It is a mistake, I think.")
    with pytest.raises(Conflict):
        one(LeadFactory(), loser, ivana)
    with pytest.raises(Conflict):
        one(loser, LeadFactory(), ivana)


def test_a_hand_raise_of_a_merged_lead_does_not_bring_it_back(force, ivana):
    winner, loser = LeadFactory(), story.a_lead()
    one(winner, loser, ivana)
    later = timezone.now() + timedelta(minutes=1)
    ActivityFactory(lead=loser, kind="demo_request", happened_at=later, recorded_at=later)
    judging.judge_stale(later + timedelta(minutes=1))
    assert fresh(loser).stage == "disqualified"


def test_a_rep_merges_nobody(force):
    with pytest.raises(Forbidden):
        one(LeadFactory(), LeadFactory(), RepFactory())


def test_the_winner_tells_the_story_of_both(force, ivana, django_assert_num_queries):
    winner, loser = LeadFactory(), story.an_mql(now=NOW, last_name="Brand")
    one(winner, loser, ivana)
    with django_assert_num_queries(3):
        told = timeline(winner.pk)
    titles = [moment.title for moment in told.moments]
    assert titles.count("Merged, by Ivana Petrova") == 1
    assert any("→ MQL" in title for title in titles)
    lines = [line for moment in told.moments for line in moment.lines]
    assert "The other lead: Anke Brand" in lines
    assert "of Anke Brand, merged into this lead" in lines
    with django_assert_num_queries(2):
        timeline(loser.pk)


def test_a_pick_of_what_is_no_fact_changes_nothing(force, ivana):
    row = one(LeadFactory(), LeadFactory(), ivana, stage="theirs", owner="theirs", score="theirs")
    assert not {"stage", "owner_id", "score"} & row.chosen.keys()
