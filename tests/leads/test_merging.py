"""Two leads that are one person: merged with everything, told by both, and taken back whole."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts import roles
from handoff import judging
from handoff.laws import LAWS
from handoff.models import BantAnswer, Handoff, ReviewEntry
from leads import matching
from leads.duplicates import unmerging
from leads.duplicates.merging import merge
from leads.models import (
    Activity,
    Consent,
    Cycle,
    DuplicatePair,
    ExternalId,
    Lead,
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
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RepFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ivana():
    return UserFactory(first_name="Ivana", last_name="Petrova")


@pytest.fixture
def marta():
    return UserFactory(role=roles.MARKETING_MANAGER)


@pytest.fixture
def force():
    return story.agreement_in_force(now=NOW)


def fresh(lead):
    return Lead.objects.get(pk=lead.pk)


def one(winner, loser, by, now=NOW, **said):
    return merge(winner, loser, by=by, now=now, said=said)


def rows_of(lead):
    """A row of every kind that moves."""
    rep = RepFactory()
    said = {"happened_at": NOW, "recorded_at": NOW}
    return [
        ActivityFactory(lead=lead),
        Touch.objects.create(lead=lead, source="google", **said),
        Consent.objects.create(lead=lead, purpose="phone", given=True, **said),
        ExternalId.objects.create(lead=lead, system="hubspot", value="7"),
        BantAnswer.objects.create(lead=lead, question="need", value="yes", by=rep, recorded_at=NOW),
    ]


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
    assert (cycle.outcome, cycle.reason) == ("disqualified", "duplicate")
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


def test_blanks_are_filled_and_the_rest_is_as_picked(force, ivana):
    AttributeFactory(code="hall"), AttributeFactory(code="visits", kind="number")
    acme = CompanyFactory()
    winner = LeadFactory(city="", job_title="Buyer", country="DE", company=None,
                         values={"hall": "3"})  # fmt: skip
    loser = LeadFactory(city="Kassel", job_title="Head of buying", country="AT", company=acme,
                        on_target_list=True, do_not_contact=True,
                        values={"hall": "4", "visits": 2})  # fmt: skip
    row = one(winner, loser, ivana, job_title="theirs", **{"attr.hall": "theirs"}, country="what")
    winner = fresh(winner)
    assert (winner.city, winner.job_title, winner.country) == ("Kassel", "Head of buying", "DE")
    assert (winner.company, winner.on_target_list, winner.do_not_contact) == (acme, True, True)
    assert winner.attributes.values == {"hall": "4", "visits": 2}
    assert row.chosen["company_id"] == [None, acme.pk]
    unmerging.unmerge(row, by=ivana, now=NOW)
    winner = fresh(winner)
    assert (winner.city, winner.job_title, winner.company) == ("", "Buyer", None)
    assert (winner.on_target_list, winner.do_not_contact) == (False, False)
    assert winner.attributes.values == {"hall": "3"}


@pytest.mark.parametrize("had", ["", "anke@old.example"])
def test_each_address_still_leads_to_the_person(force, ivana, had):
    winner, loser = LeadFactory(email=had), LeadFactory(email="anke@new.example")
    row = one(winner, loser, ivana, email="theirs")
    assert (fresh(winner).email, fresh(loser).email) == ("anke@new.example", had)
    found = matching.find(emails=["anke@new.example", had]).emails
    assert set(found.values()) == {winner.pk}
    unmerging.unmerge(row, by=ivana, now=NOW)
    assert (fresh(winner).email, fresh(loser).email) == (had, "anke@new.example")


def test_who_is_known_by_a_phone_alone_is_merged_and_unmerged(force, ivana):
    same = {"phone": "+49 561 77", "first_name": "Anke", "last_name": "Brandt"}
    winner, loser = LeadFactory(email="", **same), LeadFactory(email="a@b.example", **same)
    row = one(winner, loser, ivana)
    assert fresh(winner).email == "a@b.example"
    unmerging.unmerge(row, by=ivana, now=NOW)
    assert (fresh(winner).email, fresh(loser).email) == ("", "a@b.example")


def test_what_was_changed_since_stays_and_is_told(force, ivana):
    winner = LeadFactory(email="", city="", interest="")
    loser = LeadFactory(email="anke@new.example", city="Kassel", interest="Meters")
    row = one(winner, loser, ivana)
    Lead.objects.filter(pk=winner.pk).update(city="Gent", email="anke@newest.example")
    row, kept = unmerging.unmerge(row, by=ivana, now=NOW)
    assert set(kept) == {"City", "Email"}
    winner = fresh(winner)
    assert (winner.city, winner.interest, winner.email) == ("Gent", "", "anke@newest.example")
    assert fresh(loser).email == "anke@new.example"


def test_a_chain_points_to_the_last_and_is_taken_back_from_its_end(force, ivana):
    first, second, third = LeadFactory(), LeadFactory(), LeadFactory()
    referred = LeadFactory(referred_by=third)
    ActivityFactory(lead=third)
    inner = one(second, third, ivana)
    outer = one(first, second, ivana)
    assert {fresh(second).merged_into, fresh(third).merged_into} == {first}
    assert fresh(referred).referred_by == first
    assert Activity.objects.get().lead == first
    with pytest.raises(Conflict, match="take that merge back first"):
        unmerging.unmerge(Merge.objects.get(pk=inner.pk), by=ivana, now=NOW)
    unmerging.unmerge(outer, by=ivana, now=NOW)
    assert fresh(third).merged_into == second
    assert Activity.objects.get().lead == second
    unmerging.unmerge(Merge.objects.get(pk=inner.pk), by=ivana, now=NOW)
    assert Activity.objects.get().lead == fresh(referred).referred_by == third


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


def test_within_seconds_it_is_as_it_was(marta):
    loser, winner = story.handed_off(now=NOW), LeadFactory()
    before = fresh(loser)
    row = one(winner, loser, marta)
    unmerging.unmerge(row, by=marta, now=NOW + timedelta(seconds=9))
    after = fresh(loser)
    assert (after.stage, after.owner, after.due_at) == (before.stage, before.owner, before.due_at)
    assert Handoff.objects.get(lead=loser).state == "pending"
    assert Cycle.objects.get(lead=loser).outcome == "open"


def test_later_a_manager_reopens_it(force, ivana, marta):
    winner, loser = LeadFactory(), LeadFactory()
    row = one(winner, loser, ivana)
    with pytest.raises(Forbidden, match="Reopening"):
        unmerging.unmerge(row, by=ivana, now=LATER)
    unmerging.unmerge(row, by=marta, now=LATER)
    loser = fresh(loser)
    assert (loser.stage, loser.hold, loser.merged_into) == ("unqualified", "points", None)
    assert LeadEvent.objects.filter(lead=loser, name="reopen").get().actor == marta
    with pytest.raises(Conflict, match="already"):
        unmerging.unmerge(row, by=marta, now=LATER)
    assert DuplicatePair.objects.get().state == "dismissed"


def test_after_thirty_days_it_stays(force, ivana, marta):
    row = one(LeadFactory(), LeadFactory(), ivana)
    with pytest.raises(Refusal, match="30 days"):
        unmerging.unmerge(row, by=marta, now=NOW + timedelta(days=30, seconds=1))


def test_unmerging_moves_back_what_is_still_there(force, ivana):
    winner, loser = LeadFactory(), LeadFactory()
    rows, own = rows_of(loser), ActivityFactory(lead=winner)
    row = one(winner, loser, ivana)
    ExternalId.objects.all().delete()
    unmerging.unmerge(row, by=ivana, now=NOW)
    moved = [r for r in rows if not isinstance(r, ExternalId)]
    assert {type(r).objects.get(pk=r.pk).lead_id for r in moved} == {loser.pk}
    assert Activity.objects.get(pk=own.pk).lead_id == winner.pk


def test_a_rep_merges_nobody(force):
    with pytest.raises(Forbidden):
        one(LeadFactory(), LeadFactory(), RepFactory())


def test_a_key_that_somebody_else_has_by_now_is_told(force, ivana, marta):
    """Known by phone alone again, and meanwhile there is another one of that phone and name."""
    same = {"phone": "+49 561 555 77", "first_name": "Anke", "last_name": "Brandt", "email": ""}
    loser = LeadFactory(**same)
    row = one(LeadFactory(email="x@y.example"), loser, ivana)
    LeadFactory(**same)
    with pytest.raises(Conflict, match="nothing was done"):
        unmerging.unmerge(row, by=marta, now=LATER)
    assert fresh(loser).merged_into_id


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


def test_the_laws_hold_after_merges_and_unmerges(ivana, marta):
    winner = story.accepted(now=NOW)
    back = one(winner, story.handed_off(now=NOW), marta)
    one(winner, story.an_mql(now=NOW), ivana)
    unmerging.unmerge(back, by=marta, now=LATER)
    ours = set(LeadEvent.objects.filter(name="merged").values_list("lead", flat=True))
    assert len(ours) == 3
    with connection.cursor() as cursor:
        for _law, words, sql in LAWS:
            cursor.execute(sql)
            assert not {pk for (pk,) in cursor.fetchall()} & ours, words


def test_a_pick_of_what_is_no_fact_changes_nothing(force, ivana):
    row = one(LeadFactory(), LeadFactory(), ivana, stage="theirs", owner="theirs", score="theirs")
    assert not {"stage", "owner_id", "score"} & row.chosen.keys()
