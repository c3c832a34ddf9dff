"""Churn: who may say that a customer left, what is needed, and what is known afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CUSTOMER_SUCCESS, SALES_MANAGER
from handoff import starters
from handoff.models import Churn
from leads import cycles
from leads.models import FieldChange, Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.factories import CompanyFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
TODAY = timezone.localdate()


@pytest.fixture
def lea(client):
    person = UserFactory(first_name="Léa", role=CUSTOMER_SUCCESS)
    client.force_login(person)
    return person


def a_customer(**fields):
    rep = RepFactory()
    return perform(story.an_sql(by=rep, **fields), "win", by=rep, amount=9000)


def url(lead):
    return reverse("handoff:churn", args=[lead.pk])


def said(**changes):
    return {"churned_on": TODAY.isoformat(), "reason": "not_used"} | changes


def test_customer_success_records_it_on_the_page_of_the_customer(client, lea):
    lead = a_customer(company=CompanyFactory(relationship="customer"))
    assert f'hx-get="{url(lead)}"' in client.get(lead.get_absolute_url()).content.decode()
    assert "Left: not used" in client.get(url(lead)).content.decode()
    day = (TODAY - timedelta(days=3)).isoformat()
    answer = client.post(url(lead), said(churned_on=day, note="Nobody logged in"))
    assert answer.url == lead.get_absolute_url()
    churn = Churn.objects.get()
    assert (churn.churned_on.isoformat(), churn.reason, churn.by) == (day, "not_used", lea)
    event = LeadEvent.objects.get(name="churned")
    assert (event.actor, event.reason, event.note) == (lea, "not_used", "Nobody logged in")
    page = client.get(lead.get_absolute_url()).content.decode()
    assert page.count("Not used") == 2  # in the panel and in the timeline
    assert "Churned, by Léa" in page


def test_the_stage_and_its_cycle_stay_and_the_company_is_a_former_customer(client, lea):
    lead = a_customer(company=CompanyFactory(relationship="customer"))
    client.post(url(lead), said())
    assert Lead.objects.get(pk=lead.pk).stage == "customer"
    assert cycles.differing([lead.pk]) == []
    lead.company.refresh_from_db()
    assert lead.company.relationship == "former"
    change = FieldChange.objects.get(subject="company", field="relationship")
    assert (change.old, change.new, change.source) == ("customer", "former", "churned")


def test_a_company_with_another_customer_did_not_leave(client, lea):
    company = CompanyFactory(relationship="customer")
    first, second = a_customer(company=company), a_customer(company=company)
    client.post(url(first), said())
    company.refresh_from_db()
    assert company.relationship == "customer"
    client.post(url(second), said())
    company.refresh_from_db()
    assert company.relationship == "former"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "A reason is missing"),
        ({"reason": "price"}, "is not offered here"),
        ({"reason": "other", "note": "Gone"}, "at least 15 characters"),
        ({"churned_on": ""}, "This field is required"),
        ({"churned_on": "9999-12-31"}, "That day has not come yet"),
    ],
)
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_what_is_missing_is_named_and_nothing_is_written(client, lea, changes, words, headers):
    lead = a_customer()
    answer = client.post(url(lead), said(**changes), headers=headers)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Churn.objects.exists()
    assert not LeadEvent.objects.filter(name="churned").exists()


def test_it_is_said_once_for_a_day(client, lea):
    lead = a_customer()
    client.post(url(lead), said())
    answer = client.post(url(lead), said())
    assert answer.status_code == 422
    assert "recorded already" in answer.content.decode()
    assert LeadEvent.objects.filter(name="churned").count() == Churn.objects.count() == 1
    day_before = (TODAY - timedelta(days=1)).isoformat()
    assert client.post(url(lead), said(churned_on=day_before)).status_code == 302


def test_only_a_customer_leaves(client, lea):
    lead = story.an_sql()
    assert client.post(url(lead), said()).status_code == 404
    client.force_login(UserFactory(role=SALES_MANAGER))
    assert client.post(url(lead), said(), follow=True).status_code == 200
    assert not Churn.objects.exists()


def test_customer_success_and_managers_may_and_others_may_not(client):
    lead = a_customer()
    for user in [UserFactory(), lead.owner]:
        client.force_login(user)
        assert client.post(url(lead), said()).status_code == 403
        assert url(lead) not in client.get(lead.get_absolute_url()).content.decode()
    client.force_login(UserFactory(role=SALES_MANAGER))
    assert client.post(url(lead), said(), headers=HTMX)["HX-Refresh"] == "true"


def test_an_agreement_without_such_reasons_says_so(client, lea):
    draft = starters.load("b2b_software")
    draft.reasons.filter(offered_at=["churn"]).delete()
    draft.reasons.filter(code="other").update(offered_at=["reopen"])
    story.signed(draft)
    lead = a_customer()
    assert "names no reason why customers leave" in client.get(url(lead)).content.decode()
    assert client.post(url(lead), said()).status_code == 422
