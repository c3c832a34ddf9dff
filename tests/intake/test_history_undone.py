"""What an import of history wrote can be taken back, but for leads that have moved on since."""

import pytest
from django.db import connection

from handoff.models import Opportunity
from intake.held import undoing
from intake.models import ImportChange
from leads import history
from leads.models import Cycle, Lead
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory
from tests.intake.conftest import import_file
from tests.intake.history import WON, assert_lawful, remember

pytestmark = pytest.mark.django_db


def test_what_was_remembered_can_be_forgotten():
    rep = RepFactory()
    import_file("Email\nann@example.com\n")
    row = {"Email": "ann@example.com", "SQL": "2024-01-05", "Owner": rep.email, "ID": "006A"}
    first = remember(row)
    second = remember(row | {"Stage": "won", "Closed": "2024-03-01"})
    assert history.forget(events_of(first)) == [Lead.objects.get().pk]  # another came after it
    assert history.forget(events_of(second)) == []
    assert (Lead.objects.get().stage, Lead.objects.get().owner) == ("sql", rep)
    assert (Cycle.objects.get().outcome, Opportunity.objects.get().status) == ("open", "open")
    assert_lawful()
    assert history.forget(events_of(first)) == []
    assert (Lead.objects.get().stage, Lead.objects.get().owner) == ("unqualified", None)
    assert (Cycle.objects.count(), Opportunity.objects.count()) == (0, 0)
    assert_lawful()


def test_a_roll_back_puts_back_the_newest_moves_first_and_keeps_who_moved_on():
    story.agreement_in_force()
    import_file("Email\nann@example.com\nbo@example.com\n")
    job = remember(WON, {"Email": "bo@example.com", "Stage": "lost", "Closed": "2024-01-01"})
    bo = Lead.objects.get(email="bo@example.com")
    perform(bo, "reopen", by=UserFactory(role="Sales manager"), reason="other", note="x" * 20)
    changes = ImportChange.objects.filter(job=job, subject="event").order_by("-pk")
    for change in changes:  # in the smallest batches that there are
        kept = _rolled_back(change)
        assert bool(kept) == (change.after["lead"] == bo.pk)
    assert Lead.objects.get(email="ann@example.com").stage == "unqualified"
    assert not Cycle.objects.filter(lead__email="ann@example.com").exists()
    assert Cycle.objects.get(lead=bo).outcome == "lost"
    assert_lawful()


def _rolled_back(change):
    """Why it stays, "" when it is put back."""
    table = "CREATE TEMP TABLE intake_undo ON COMMIT DROP AS SELECT *, '' AS kept"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.intake_undo")
        cursor.execute(
            f"{table} FROM (SELECT id, subject, subject_id, after FROM intake_importchange"
            " WHERE id = %s) c",
            [change.pk],
        )
        undoing.events()
        cursor.execute("SELECT kept FROM intake_undo")
        return cursor.fetchone()[0]


def events_of(job):
    changes = ImportChange.objects.filter(job=job, subject="event")
    return [pk for after in changes.values_list("after", flat=True) for pk in after["events"]]
