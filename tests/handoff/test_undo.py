"""An undo takes back what its move did, and nothing that was so before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import RotationSeat
from leads.models import Lead
from leads.perform import perform, perform_many
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("was_silent", [True, False])
def test_an_undo_lifts_only_the_silence_that_its_move_imposed(was_silent):
    marketer, lead = UserFactory(), story.an_mql()
    Lead.objects.update(do_not_contact=was_silent)
    perform(lead, "disqualify", by=marketer, reason="do_not_contact")
    assert Lead.objects.get().do_not_contact
    perform(lead, "undo", by=marketer)
    assert Lead.objects.get().do_not_contact is was_silent


def test_undoing_many_gives_every_turn_back_in_as_few_queries_as_for_two():
    team, marketer = TeamFactory(), UserFactory()
    RepFactory.create_batch(3, team=team)

    def undo(n):
        leads = [story.an_mql() for _ in range(n)]
        perform_many(leads, "hand_off", by=marketer, to_team=team)
        with CaptureQueriesContext(connection) as queries:
            assert len(perform_many(leads, "undo", by=marketer).moved) == n
        assert {seat.turns for seat in RotationSeat.objects.filter(team=team)} == {0}
        return len(queries)

    assert undo(2) == undo(8)
