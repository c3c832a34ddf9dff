"""Law 4: no reject, recycle, demote, disqualify, reopen or lose without a reason, by any path."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import SALES_MANAGER
from handoff.models import Reason
from leads.lifecycle import MOVES_WITH_REASON
from leads.models import Lead, LeadEvent
from leads.perform import perform, perform_many
from leads.refusals import Missing
from tests import story
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
AT = {  # the stage from which each is tried
    "reject": "handed_off",
    "recycle": "mql",
    "demote": "mql",
    "disqualify": "mql",
    "reopen": "disqualified",
    "lose": "sql",
}
SAID = [{}, {"reason": " "}, {"reason": "of_my_own", "note": "long enough a note"}]


@pytest.fixture
def boss(client):
    """May do everything that people may, so that only the reason is missing."""
    manager = UserFactory(role=SALES_MANAGER, is_staff=True)
    client.force_login(manager)
    return manager


def lead_at(stage):
    if stage == "disqualified":
        lead = story.an_mql()
        return perform(lead, "disqualify", by=UserFactory(), reason="spam")
    return {"mql": story.an_mql, "handed_off": story.handed_off, "sql": story.an_sql}[stage]()


def assert_nothing_happened(lead):
    events = lead.events.count()
    assert Lead.objects.get(pk=lead.pk).stage == lead.stage
    assert not LeadEvent.objects.filter(lead=lead, reason="", name__in=MOVES_WITH_REASON).exists()
    return events


def test_the_table_names_every_move_that_needs_one():
    assert AT.keys() == set(MOVES_WITH_REASON)


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("name", MOVES_WITH_REASON)
def test_perform_single_and_many(boss, name, said):
    lead = lead_at(AT[name])
    before = lead.events.count()
    with pytest.raises(Missing) as refusal:
        perform(lead, name, by=boss, **said)
    assert refusal.value.field == "reason"
    outcome = perform_many([lead], name, by=boss, **said)
    assert (outcome.moved, outcome.events, [*outcome.refused]) == ([], [], [lead.pk])
    assert assert_nothing_happened(lead) == before


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("name", MOVES_WITH_REASON)
def test_the_form_of_the_lead_page(client, boss, name, said):
    lead = lead_at(AT[name])
    before = lead.events.count()
    answer = client.post(reverse("leads:act", args=[lead.pk, name]), said)
    assert answer.status_code in (409, 422)
    assert assert_nothing_happened(lead) == before


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("name", MOVES_WITH_REASON)
def test_the_bulk_action_of_the_list(client, boss, name, said):
    lead = lead_at(AT[name])
    before = lead.events.count()
    answer = client.post(
        reverse("leads:bulk", args=[name]), said | {"ids": [lead.pk], "sure": "yes"}
    )
    assert answer.status_code in (200, 403, 404, 422)  # not every move is offered there
    assert assert_nothing_happened(lead) == before


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(
    ("page", "name", "stage"),
    [
        ("handoff:decide", "recycle", "mql"),
        ("handoff:decide", "disqualify", "mql"),
        ("handoff:answer", "reject", "handed_off"),
    ],
)
def test_review_and_inbox(client, boss, page, name, stage, said):
    lead = lead_at(stage)
    before = lead.events.count()
    assert client.post(reverse(page, args=[lead.pk, name]), said).status_code == 422
    assert assert_nothing_happened(lead) == before


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("outcome", ["nurture", "suspect"])
def test_the_discovery_call(client, boss, outcome, said):
    lead = story.accepted()
    before = lead.events.count()
    answer = client.post(
        reverse("handoff:discovery", args=[lead.pk]), said | {"outcome": outcome, "notes": "Hm."}
    )
    assert answer.status_code == 422
    assert assert_nothing_happened(lead) == before
    assert not lead.discoveries.exists()


def test_the_admin_moves_nobody(client, boss):
    boss.is_superuser = True
    boss.save()
    lead = story.an_mql()
    url = reverse("admin:leads_lead_change", args=[lead.pk])
    client.post(url, {"stage": "disqualified", "email": lead.email})
    client.post(f"{url}delete/", {"post": "yes"})
    assert_nothing_happened(lead)


@pytest.mark.parametrize("name", MOVES_WITH_REASON)
def test_the_database_itself(name):
    lead = story.an_mql()
    with pytest.raises(IntegrityError, match="event_has_reason"), transaction.atomic():
        LeadEvent.objects.create(
            lead=lead, name=name, source="mql", target="mql", happened_at=timezone.now(), score=0
        )
    with (
        pytest.raises(Exception, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE leads_leadevent SET name = %s WHERE lead_id = %s", [name, lead.pk])


@pytest.mark.parametrize("name", MOVES_WITH_REASON)
def test_a_reason_is_taken_only_where_it_is_offered(boss, name):
    """reasons × where offered: every pair that the agreement does not name is refused."""
    lead = lead_at(AT[name])
    reasons = Reason.objects.exclude(offered_at__contains=[name])
    assert reasons.exists()
    for reason in reasons:
        with pytest.raises(Missing, match="not offered here"):
            perform(
                lead, name, by=boss, reason=reason.code, note="long enough a note",
                until=timezone.now() + timezone.timedelta(days=9), goes_to="nurture",
            )  # fmt: skip
    assert_nothing_happened(lead)
