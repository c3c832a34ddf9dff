"""Reassigning gives a lead to somebody else than before, also by turn and to a team."""

import pytest

from accounts.roles import SALES_MANAGER
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def reassign(lead, **to):
    return perform(lead, "reassign", by=UserFactory(role=SALES_MANAGER), **to)


def test_by_turn_it_goes_to_somebody_else():
    team = TeamFactory()
    first, second = RepFactory.create_batch(2, team=team)
    assert reassign(story.handed_off(to=first)).owner == second


def test_by_turn_nobody_gets_it_back_when_there_is_nobody_else():
    lead = story.handed_off()
    with pytest.raises(Refusal, match="Nobody in sales can take this lead"):
        reassign(lead)


def test_a_team_is_not_offered_again_what_it_has():
    team = TeamFactory(name="DACH")
    to_team = {"to_team": team, "offer_to_team": True}
    lead = perform(story.an_mql(), "hand_off", by=UserFactory(), **to_team)
    with pytest.raises(Refusal, match="DACH has this lead already"):
        reassign(lead, **to_team)
    other = TeamFactory()
    assert reassign(lead, to_team=other, offer_to_team=True).team == other
    assert reassign(lead, to_user=RepFactory(team=team)).team == team
