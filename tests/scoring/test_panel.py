"""The score card: whole for those who see the lead, within its budget."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.models import Lead
from scoring import scores
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RepFactory,
    RuleFactory,
    ScoringModelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead():
    AttributeFactory(code="sites", label="Sites", kind="number")
    model = ScoringModelFactory(fit_cap=18, fit_a=15, fit_b=10)
    sites = {"field": "attr.sites", "op": "gte", "value": 3}
    named = {"field": "company.name", "op": "not_empty"}
    RuleFactory(model=model, kind="fit", points=12, condition=sites)
    RuleFactory(model=model, kind="fit", points=10, condition=named)
    RuleFactory(model=model, points=8, cap=20, name="Looked at prices")
    lead = LeadFactory(company=CompanyFactory(), values={"sites": 4})
    now = timezone.now()
    for days in (1, 2, 3):
        ActivityFactory(lead=lead, happened_at=now - timedelta(days=days))
    scores.rescore([lead.pk], model, now=now)
    return Lead.objects.get(pk=lead.pk)


def panel(lead):
    return reverse("scoring:panel", args=[lead.pk])


def test_the_card_says_why_and_adds_up(client, lead):
    client.force_login(UserFactory())
    answer = client.get(panel(lead), headers=HTMX)
    card = answer.content.decode()
    assert "<html" not in card
    assert "Score 38.00" in card
    assert "Fit, 3 lines" in card
    assert "Looked at prices ×3" in card
    assert "24.00 capped" in card
    assert "Sites is at least 3" not in card


def test_the_first_line_stands_above_the_cards(client, lead):
    client.force_login(UserFactory())
    for url in (lead.get_absolute_url(), panel(lead)):
        page = client.get(url).content.decode()
        assert page.count("A3: right company, a little active this week.") == 1


def test_all_lines_are_one_link_away_and_a_page_of_their_own(client, lead):
    client.force_login(UserFactory())
    for answer in (
        client.get(panel(lead) + "?lines=all", headers=HTMX),
        client.get(panel(lead)),
    ):
        card = answer.content.decode()
        assert "Sites is at least 3" in card
        assert "Fit counts up to 18.00" in card
    assert "<html" in card


def test_a_lead_without_score_has_a_card_too(client):
    client.force_login(UserFactory())
    assert "Not scored yet." in client.get(panel(LeadFactory())).content.decode()


def test_only_who_sees_the_lead_sees_its_score(client, lead):
    client.force_login(RepFactory())
    assert client.get(panel(lead), headers=HTMX).status_code == 404
    assert client.get(panel(lead)).status_code == 404


def test_the_card_takes_at_most_seven_queries(client, lead):
    client.force_login(UserFactory())
    nobody = reverse("scoring:panel", args=[0])
    with CaptureQueriesContext(
        connection,
    ) as shell:
        client.get(nobody, headers=HTMX)
    with CaptureQueriesContext(connection) as whole:
        assert client.get(panel(lead), headers=HTMX).status_code == 200
    assert len(whole) - (len(shell) - 1) <= 7


def test_the_ledger_of_a_preview_shows_raw_and_counted(lead):
    table = render_to_string("scoring/_ledger.html", {"ledger": scores.ledger(lead)})
    assert "Why 38.00: A from 15, 1 from 40" in table
    assert "Fit 18.00 + engagement 20.00" in table
    assert "24.00" in table
    assert "Not scored yet." in render_to_string("scoring/_ledger.html", {"ledger": None})
