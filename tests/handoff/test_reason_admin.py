"""Each reason has its page in the admin, with its second level, and leads back to its agreement."""

import pytest
import zeal
from django.urls import reverse

from accounts.roles import MARKETING_MANAGER
from handoff import starters
from tests import story
from tests.browser_forms import posted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client):
    client.force_login(UserFactory(role=MARKETING_MANAGER, is_staff=True))
    return client


@pytest.fixture
def draft():
    return starters.load("b2b_software")


@pytest.fixture(autouse=True)
def _as_the_admin_asks():
    """Django's admin reads each row of an inline by a query of its own when it is posted."""
    with zeal.zeal_ignore([{"model": "handoff.ReasonDetail", "field": "get()"}]):
        yield


def page_of(agreement):
    return reverse("admin:handoff_agreement_change", args=[agreement.pk])


def reason_page(reason):
    return reverse("admin:handoff_reason_change", args=[reason.pk])


def test_a_reason_is_edited_with_its_second_level(client, draft):
    reason = draft.reasons.get(code="no_budget")
    page = client.get(reason_page(reason))
    data = posted(page, label="No money", hold_days=60, offered_at=["reject", "recycle", "demote"])
    data |= {"details-2-label": "Spent", "details-2-code": "spent", "details-2-order": 3}
    data["details-TOTAL_FORMS"] = 3
    answer = client.post(reason_page(reason), data)
    assert answer.status_code == 302, answer.context["errors"]
    assert answer.url.startswith(page_of(draft))
    reason.refresh_from_db()
    assert (reason.label, reason.hold_days) == ("No money", 60)
    assert reason.offered_at == ["reject", "recycle", "demote"]
    assert [one.code for one in reason.details.all()] == ["none", "too_small", "spent"]


def test_a_reason_is_added_to_its_agreement(client, draft):
    address = f"{reverse('admin:handoff_reason_add')}?agreement={draft.pk}"
    said = {"code": "merger", "label": "They merge", "offered_at": ["lose"], "goes_to": "lost"}
    answer = client.post(address, posted(client.get(address), **said))
    assert answer.status_code == 302, answer.context["errors"]
    assert draft.reasons.get(code="merger").label == "They merge"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"letter": "B"}, "already"),
        ({"code": "low_intent"}, "already"),
        ({"offered_at": []}, "required"),
        ({"offered_at": ["win"]}, "Select a valid choice"),
        ({"goes_to": "lost"}, "A rejected lead is not lost"),
    ],
)
def test_a_reason_that_cannot_be_is_told_at_its_place(client, draft, said, words):
    reason = draft.reasons.get(code="no_budget")
    answer = client.post(reason_page(reason), posted(client.get(reason_page(reason)), **said))
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_reason_of_a_signed_version_is_only_read(client):
    reason = story.agreement_in_force().reasons.first()
    assert 'name="_save"' not in client.get(reason_page(reason)).content.decode()
    assert client.post(reason_page(reason), {}).status_code == 403


def test_a_reason_is_thrown_away_and_leads_back(client, draft):
    reason = draft.reasons.get(code="spam")
    answer = client.post(f"/admin/handoff/reason/{reason.pk}/delete/", {"post": "yes"})
    assert answer.url.startswith(page_of(draft))
    assert not draft.reasons.filter(code="spam").exists()
