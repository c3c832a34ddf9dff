"""The ledger's page: who reads it, who adds to it, and what a wrong entry is told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from leads import consents
from leads.models import Consent
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SAID = {
    "given": "yes",
    "purpose": "phone",
    "basis": "consent",
    "happened_at": "2026-01-02T10:00",
    "proof": "She said so on the phone.",
    "text_version": "call 1",
}


def url(lead):
    return reverse("leads:consent", args=[lead.pk])


@pytest.fixture
def marketer(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_an_entry_is_recorded_and_shown(client, marketer):
    lead = LeadFactory()
    answer = client.post(url(lead), SAID, follow=True)
    row = Consent.objects.get()
    assert (row.given, row.purpose, row.by, row.text_version) == (True, "phone", marketer, "call 1")
    assert row.proof == {"words": "She said so on the phone."}
    body = answer.content.decode()
    assert "She said so on the phone." in body
    assert "Calls: yes, since 2 Jan 2026: Consent, call 1" in body
    card = client.get(lead.get_absolute_url()).content.decode()
    assert "yes, since 2 Jan 2026: Consent, call 1" in card
    assert "Consent, call 1</span>" in card


def test_a_withdrawal_needs_no_proof(client, marketer):
    lead = LeadFactory()
    client.post(url(lead), SAID)
    client.post(url(lead), SAID | {"given": "no", "proof": "", "happened_at": "2026-02-02T10:00"})
    assert not consents.standing(lead.pk)["phone"].given


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"happened_at": f"{NOW + timedelta(days=2):%Y-%m-%dT%H:%M}"}, "happened_at"),
        ({"happened_at": "soon"}, "happened_at"),
        ({"purpose": "fun"}, "purpose"),
        ({"basis": ""}, "basis"),
        ({"given": "maybe"}, "given"),
        ({"proof": ""}, "proof"),
        ({"proof": "\0"}, "proof"),
    ],
)
def test_a_wrong_entry_is_told_at_its_field(client, marketer, wrong, field):
    answer = client.post(url(LeadFactory()), SAID | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Consent.objects.exists()


def test_who_may(client):
    rep = RepFactory()
    mine, other = story.accepted(by=rep), LeadFactory()
    client.force_login(rep)
    assert client.post(url(mine), SAID).status_code == 302
    assert client.get(url(other)).status_code == 404
    success = UserFactory(role=roles.CUSTOMER_SUCCESS)
    client.force_login(success)
    customer = story.an_sql()
    type(customer).objects.filter(pk=customer.pk).update()
    assert client.post(url(customer), SAID).status_code == 404


def test_who_only_reads_gets_no_form(client):
    from leads.perform import perform

    lead = story.an_sql()
    perform(lead, "win", by=lead.owner, amount=1)
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    assert client.get(url(lead)).context["form"] is None
    assert client.post(url(lead), SAID).status_code == 403


def test_an_edit_of_the_basis_is_an_entry(client, marketer):
    lead = LeadFactory()
    page = reverse("leads:edit", args=[lead.pk])
    client.post(page, {"email": lead.email, "consent_basis": "Fair 2026"})
    row = Consent.objects.get()
    assert (row.proof, row.by, row.source) == ({"said": "Fair 2026"}, marketer,
                                               f"page, {marketer.email}")  # fmt: skip
    client.post(page, {"email": lead.email, "consent_basis": ""})
    assert not consents.standing(lead.pk)["marketing_email"].given


def test_the_length_of_the_ledger_costs_no_query(client, marketer, django_assert_max_num_queries):
    lead = LeadFactory()
    consents.record(
        [
            Consent(lead=lead, purpose="phone", given=True, happened_at=NOW, by=marketer)
            for _ in range(30)
        ],
        now=NOW,
    )
    client.get(url(lead))
    with django_assert_max_num_queries(8):
        client.get(url(lead))
