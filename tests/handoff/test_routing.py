"""Who gets a lead: the team of its country, in turn, also when many hand off at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from handoff.models import Handoff, RotationSeat
from leads.models import Lead
from leads.perform import perform, perform_many
from leads.refusals import Missing
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
THREADS, EACH, REPS = 8, 20, 5


def a_team(size=2, **fields):
    team = TeamFactory(**fields)
    RepFactory.create_batch(size, team=team)
    return team


def hand_off(lead, **said):
    return perform(lead, "hand_off", by=UserFactory(), now=NOW, **said)


def turns(team):
    return Counter(dict(RotationSeat.objects.filter(team=team).values_list("user", "turns")))


def test_the_team_that_names_the_country_gets_the_lead():
    story.agreement_in_force()
    rest, nordics = a_team(), a_team(countries=["SE", "NO", "DK"])
    assert hand_off(story.an_mql(country="NO")).team == nordics
    assert hand_off(story.an_mql(country="DE")).team == rest


def test_a_lead_that_no_team_serves_stays_in_review():
    a_team(countries=["SE"])
    lead = story.an_mql(country="DE")
    with pytest.raises(Missing, match="Nobody in sales can take this lead"):
        hand_off(lead)
    lead.refresh_from_db()
    assert lead.stage == "mql"


def test_a_marketing_team_gets_nothing():
    a_team(side="marketing")
    with pytest.raises(Missing, match="Nobody in sales"):
        hand_off(story.an_mql())


def test_each_has_a_turn_and_the_offer_says_why():
    team = a_team(3, name="DACH")
    leads = [story.an_mql() for _ in range(7)]
    moved = perform_many(leads, "hand_off", by=UserFactory(), now=NOW).moved
    assert sorted(Counter(lead.owner_id for lead in moved).values()) == [2, 2, 3]
    assert {one.why for one in Handoff.objects.all()} == {"DACH, round robin"}
    assert {one.due_at for one in Handoff.objects.all()} == {NOW + timedelta(hours=24)}
    assert sum(turns(team).values()) == 7


def test_who_left_or_is_no_rep_has_no_turn():
    team = a_team(2)
    gone, stays = User.objects.filter(team=team).order_by("pk")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    UserFactory(team=team)
    leads = [story.an_mql() for _ in range(3)]
    moved = perform_many(leads, "hand_off", by=UserFactory(), now=NOW).moved
    assert {lead.owner for lead in moved} == {stays}


def test_a_newcomer_starts_level_with_the_others():
    team = a_team(1)
    for _ in range(3):
        hand_off(story.an_mql())
    newcomer = RepFactory(team=team)
    owners = [hand_off(story.an_mql()).owner for _ in range(4)]
    assert owners.count(newcomer) == 2


def test_nobody_gets_a_lead_back_that_they_rejected():
    team = a_team(2)
    lead = hand_off(story.an_mql())
    first = lead.owner
    lead = perform(lead, "reject", by=first, now=NOW, reason="no_authority")
    RotationSeat.objects.exclude(user=first).update(turns=50)
    later = NOW + timedelta(days=20)
    lead = perform(lead, "qualify", by=UserFactory(), now=later)
    lead = perform(lead, "hand_off", by=UserFactory(), now=later)
    assert lead.owner.team == team
    assert lead.owner != first


def test_a_lead_that_all_of_the_team_rejected_finds_nobody():
    a_team(1)
    lead = hand_off(story.an_mql())
    lead = perform(lead, "reject", by=lead.owner, now=NOW, reason="no_authority")
    later = NOW + timedelta(days=20)
    lead = perform(lead, "qualify", by=UserFactory(), now=later)
    with pytest.raises(Missing, match="Nobody in sales"):
        perform(lead, "hand_off", by=UserFactory(), now=later)


def test_a_person_picked_by_hand_costs_no_turn():
    team = a_team(2)
    rep = User.objects.filter(team=team).first()
    lead = hand_off(story.an_mql(), to_user=rep)
    assert (lead.owner, turns(team).total()) == (rep, 0)
    assert Handoff.objects.get(lead=lead).why == "picked by hand"


@pytest.mark.parametrize("who", ["a marketer", "somebody who left"])
def test_only_sales_can_be_picked(who):
    taker = UserFactory() if who == "a marketer" else RepFactory(is_active=False)
    with pytest.raises(Missing, match="does not work in sales"):
        hand_off(story.an_mql(), to_user=taker)


def test_an_offer_to_a_whole_team_has_no_owner():
    team = a_team()
    lead = hand_off(story.an_mql(), to_team=team, offer_to_team=True)
    assert (lead.owner, lead.team) == (None, team)


def test_a_named_team_takes_it_in_turn():
    a_team()
    other = a_team(countries=["SE"])
    lead = hand_off(story.an_mql(country="DE"), to_team=other)
    assert lead.owner.team == other


def test_undo_gives_the_turn_back():
    team = a_team(1)
    marketer = UserFactory()
    lead = perform(story.an_mql(), "hand_off", by=marketer, now=NOW)
    assert turns(team).total() == 1
    perform(lead, "undo", by=marketer, now=NOW + timedelta(seconds=3))
    assert turns(team).total() == 0


def test_reassigning_goes_to_somebody_else():
    a_team(2)
    lead = hand_off(story.an_mql())
    again = perform(lead, "reassign", by=None, now=NOW)
    assert again.owner not in (None, lead.owner)
    states = Handoff.objects.filter(lead=lead).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["rerouted", "pending"]


@pytest.mark.django_db(transaction=True)
def test_turns_are_fair_when_many_hand_off_at_once():
    team = a_team(REPS)
    story.agreement_in_force()
    leads = [story.a_lead() for _ in range(THREADS * EACH)]
    perform_many(leads, "qualify", by=UserFactory(), now=NOW)
    marketers = UserFactory.create_batch(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        shares = [leads[start::THREADS] for start in range(THREADS)]
        list(pool.map(_hand_off_one_by_one, shares, marketers))
    counts = Counter(Lead.objects.filter(stage="handed_off").values_list("owner", flat=True))
    assert counts.total() == THREADS * EACH
    assert max(counts.values()) - min(counts.values()) <= 1
    assert counts == turns(team)


@pytest.mark.django_db(transaction=True)
def test_a_first_turn_is_given_once():
    """Two hand off into a team that has no seats yet."""
    team = a_team(2)
    story.agreement_in_force()
    leads = [story.an_mql() for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_hand_off_one_by_one, [[lead] for lead in leads], [None] * THREADS))
    assert sorted(turns(team).values()) == [THREADS // 2, THREADS // 2]


def _hand_off_one_by_one(leads, marketer):
    try:
        for lead in leads:
            perform(lead, "hand_off", by=marketer, now=NOW)
    finally:
        connection.close()
