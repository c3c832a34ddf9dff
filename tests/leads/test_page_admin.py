"""The admin of the core: managers edit attributes; nobody moves a lead here."""

import pytest
from django.urls import reverse

from accounts import roles
from leads.models import Attribute
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    manager = UserFactory(role=roles.MARKETING_MANAGER, is_staff=True)
    client.force_login(manager)
    return manager


def change(row):
    return reverse(f"admin:leads_{row._meta.model_name}_change", args=[row.pk])


def test_a_manager_says_since_when_an_attribute_is_known(client, manager):
    budget = AttributeFactory(code="budget", known_since="unknown")
    said = {"label": "Yearly budget", "known_since": "after_outcome", "code": "other"}
    answer = client.post(change(budget), said | {"archived_at_0": "", "archived_at_1": ""})
    assert answer.status_code == 302
    fresh = Attribute.objects.get(pk=budget.pk)
    assert (fresh.label, fresh.known_since) == ("Yearly budget", "after_outcome")
    assert fresh.code == "budget"
    assert client.post(change(budget).replace("change", "delete")).status_code == 403


def test_an_administrator_looks_at_leads_and_companies_and_changes_nothing(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for row in (LeadFactory(company=CompanyFactory()), CompanyFactory()):
        page = client.get(change(row))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert client.post(change(row), {"stage": "customer"}).status_code == 403
        assert (
            client.get(reverse(f"admin:leads_{row._meta.model_name}_changelist")).status_code == 200
        )


def test_nothing_in_the_address_breaks_the_form_of_a_new_attribute(client, manager):
    names = [field.name for field in Attribute._meta.fields]
    answer = client.get(reverse("admin:leads_attribute_add"), dict.fromkeys(names, "x"))
    assert answer.status_code == 200
