"""An offer is paused once, also when many press at the same moment and some accept it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from handoff.checking import problems
from handoff.models import Handoff, Pause
from handoff.pausing import pause
from leads.perform import perform
from leads.refusals import Conflict
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

EACH = 6


@pytest.mark.django_db(transaction=True)
def test_of_many_pauses_one_holds_and_an_accept_comes_before_or_after():
    team, now = TeamFactory(), timezone.now()
    reps = [RepFactory(team=team) for _ in range(2 * EACH)]
    lead = story.an_mql()
    lead = perform(lead, "hand_off", by=UserFactory(), to_team=team, offer_to_team=True)
    call = now + timedelta(days=1)
    came, ready = [], threading.Barrier(len(reps))

    def press(number, rep):
        ready.wait()
        try:
            if number < EACH:
                pause(lead, by=rep, reason="busy", now=timezone.now())
                came.append("paused")
            else:
                perform(lead, "accept", by=rep, discovery_at=call)
                came.append("accepted")
        except Conflict:
            came.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=one) for one in enumerate(reps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came.count("accepted") == 1
    assert came.count("paused") == Pause.objects.count() <= 1
    assert len(came) == 2 * EACH
    held = Pause.objects.first()
    moved = held.ends_at - held.starts_at if held else timedelta(0)
    assert Handoff.objects.get(lead=lead).due_at == lead.due_at + moved
    assert problems() == []
