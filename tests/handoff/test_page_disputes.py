"""A dispute on the page: a sales manager settles it there, marketing does not."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts import roles
from handoff.models import Response
from leads.models import Lead
from leads.perform import perform
from tests.factories import RepFactory, UserFactory
from tests.handoff.feedback_world import URL, html, rejected, say, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivana(client):
    user = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(user)
    return user


@pytest.fixture
def tomas():
    return RepFactory(first_name="Tomáš", last_name="Novák")


@pytest.fixture
def claire():
    return UserFactory(role=roles.SALES_MANAGER, first_name="Claire", last_name="Dubois")


def test_a_sales_manager_settles_where_disputes_wait(client, ivana, tomas, claire):
    row = rejected(ivana, tomas)
    say(client, row, kind="dispute", note="They asked for a quote.")
    waiting = html(client.get(f"{URL}?tab=disputes"))
    assert "A sales manager settles it." in waiting
    assert "Back to review" not in waiting
    client.force_login(claire)
    page = html(client.get(URL))
    assert shown(page) == [str(row.pk)]
    assert 'id="count-message-report">1</span>' in page
    assert "Back to review" in page
    note = "You are right: they called on Monday."
    refused = html(say(client, row, "settle", settlement="returned", note=""), 422)
    assert "Say why." in refused
    page = html(say(client, row, "settle", settlement="returned", note=note))
    assert "Back to review: " in page
    assert f"“{note}”" in page
    assert Lead.objects.get().stage == "mql"
    assert shown(html(client.get(URL))) == []
    again = html(say(client, row, "settle", settlement="upheld", note=note), 409)
    assert "Claire Dubois settled this" in again


def test_marketing_settles_nothing(client, ivana, tomas):
    row = rejected(ivana, tomas)
    say(client, row, kind="dispute", note="They asked for a quote.")
    assert say(client, row, "settle", settlement="returned", note="x" * 20).status_code == 403
    assert Response.objects.get().settlement == ""


def test_a_lead_from_which_no_way_leads_back_says_so(client, ivana, tomas, claire):
    row = rejected(ivana, tomas)
    say(client, row, kind="dispute", note="They asked for a quote.")
    tomorrow = timezone.now() + timedelta(days=1)
    perform(row.event.lead, "claim", by=tomas, discovery_at=tomorrow)
    client.force_login(claire)
    page = html(say(client, row, "settle", settlement="returned", note="You are right."), 422)
    assert "is SAL now: from there no way leads back." in page
    assert "You are right." in page


def test_notes_are_only_text(client, ivana, tomas, claire):
    evil = '<script>alert(1)</script>" onfocus=x'
    row = rejected(ivana, tomas, note=evil)
    say(client, row, kind="dispute", note=evil)
    client.force_login(claire)
    for page in (
        html(client.get(URL)),
        html(say(client, row, "settle", settlement="upheld", note=evil)),
        html(client.get(row.event.lead.get_absolute_url())),
    ):
        assert "<script>alert" not in page
        assert unescape(page).count(evil) >= 2
