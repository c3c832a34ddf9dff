"""A merge is taken back: whole within seconds, later but for what was changed since."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts import roles
from handoff.laws import LAWS
from handoff.models import Handoff
from leads import matching
from leads.duplicates import unmerging
from leads.models import (
    Activity,
    Cycle,
    DuplicatePair,
    ExternalId,
    Lead,
    LeadEvent,
    Merge,
)
from leads.refusals import Conflict, Forbidden, Refusal
from tests import story
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    UserFactory,
)
from tests.leads.two_leads import NOW, fresh, one, rows_of

pytestmark = pytest.mark.django_db
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


def test_a_key_that_somebody_else_has_by_now_is_told(force, ivana, marta):
    """Known by phone alone again, and meanwhile there is another one of that phone and name."""
    same = {"phone": "+49 561 555 77", "first_name": "Anke", "last_name": "Brandt", "email": ""}
    loser = LeadFactory(**same)
    row = one(LeadFactory(email="x@y.example"), loser, ivana)
    LeadFactory(**same)
    with pytest.raises(Conflict, match="nothing was done"):
        unmerging.unmerge(row, by=marta, now=LATER)
    assert fresh(loser).merged_into_id


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
