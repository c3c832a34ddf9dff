"""Campaigns: which one a link belongs to, what came of each, and the pages that show it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import roles
from leads import campaigns
from leads.models import Campaign, CampaignCost
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIST = "/campaigns/"


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def campaign(name, **fields):
    return Campaign.objects.create(name=name, **fields)


def spent(on, amount, note="", *, of):
    return CampaignCost.objects.create(campaign=of, on=on, amount=amount, note=note)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("spring", "Spring", True),
        ("spring", " spring ", True),
        ("spring", "spring-2", False),
        ("spring*", "spring-2", True),
        ("*peak*", "load-PEAKS", True),
        ("a*a", "a", False),
        ("a*b*a", "aba", True),
        ("a*b*ba", "aba", False),
        ("*", "anything", True),
        ("x.y", "xzy", False),
        ("*" + "a*" * 59, "a" * 58, False),
    ],
)
def test_a_pattern_matches_whole_values(pattern, text, fits):
    one = campaign("One", utm_campaign=pattern)
    assert campaigns.campaign_for(campaign=text) == (one if fits else None)


def test_all_patterns_must_match_and_none_matches_nothing():
    silent = campaign("Silent")
    one = campaign("One", utm_source="google", utm_medium="cpc")
    assert campaigns.campaign_for(source="google", medium="cpc", term="x") == one
    assert campaigns.campaign_for(source="google") is None
    assert campaigns.campaign_for() is None
    assert campaigns.campaign_for(source="x", campaign="silent") == silent  # links name it


def test_the_campaign_that_says_most_wins_then_the_one_that_runs():
    wide = campaign("Wide", utm_source="google*")
    narrow = campaign("Narrow", utm_source="google*", utm_campaign="fair")
    last = campaign("Fair 2025", utm_source="fair", ends_on=date(2025, 12, 31))
    this = campaign("Fair 2026", utm_source="fair", starts_on=date(2026, 1, 1))
    assert campaigns.campaign_for(source="google-ads") == wide
    assert campaigns.campaign_for(source="google", campaign="fair") == narrow
    assert campaigns.campaign_for(source="fair", on=date(2025, 5, 1)) == last
    assert campaigns.campaign_for(source="fair", on=date(2026, 5, 1)) == this


def test_what_came_of_it_is_counted_by_lead():
    one, other = campaign("One"), campaign("Other")
    rep = RepFactory()
    won = story.an_sql(by=rep, campaign=one)
    perform(won, "win", by=rep, amount=Decimal(100))
    story.an_mql(campaign=one)
    LeadFactory(campaign=one)
    LeadFactory()
    found = campaigns.results([one.pk, other.pk])
    assert found[one.pk] == campaigns.Results(leads=3, mqls=2, sqls=1, won=1)
    assert found[other.pk] == campaigns.Results()


def test_costs_by_month_the_newest_first():
    one = campaign("One")
    spent(date(2026, 1, 5), "100.50", of=one)
    spent(date(2026, 1, 31), "0.50", of=one)
    spent(date(2026, 2, 1), 7, of=one)
    spent(date(2026, 2, 1), 9, of=campaign("Other"))
    assert campaigns.costs_by_month(one) == [(date(2026, 2, 1), 7), (date(2026, 1, 1), 101)]


def test_a_cost_stands_once_and_is_no_gain():
    one = campaign("One")
    spent(date(2026, 1, 5), 1, of=one)
    spent(date(2026, 1, 5), 1, "printing", of=one)
    for again in ({"amount": 2}, {"amount": -1, "note": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CampaignCost.objects.create(campaign=one, on=date(2026, 1, 5), **again)


def test_the_list_the_region_and_a_restored_page(client, ivana):
    one = campaign("Hannover Messe", channel="Fair", starts_on=date(2026, 4, 1))
    spent(date(2026, 4, 1), "21000", of=one)
    html = client.get(LIST).content.decode()
    assert "<html" in html
    for words in ("Hannover Messe", "Fair", "since 1 Apr 2026", "21,000.00"):
        assert words in html
    assert client.get(LIST, headers=HTMX).content.strip().startswith(b'<section class="card" id="c')
    restored = HTMX | {"HX-History-Restore-Request": "true"}
    assert b"<html" in client.get(LIST, headers=restored).content


def test_without_a_campaign_the_list_says_what_to_do(client, ivana):
    assert "No campaign yet" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}?page=9").status_code == 200


def test_one_campaign_and_thirty_cost_the_same_queries(
    client, ivana, django_assert_max_num_queries
):
    def asked(url, most):
        client.get(url)
        with django_assert_max_num_queries(most) as found:
            assert client.get(url).status_code == 200
        return len(found)

    one = campaign("Campaign")
    spent(date(2026, 1, 1), 5, of=one)
    LeadFactory(campaign=one)
    few = [asked(LIST, 8), asked(one.get_absolute_url(), 9)]
    for n in range(30):
        spent(date(2026, 1, 1), 5, of=campaign(f"Campaign {n}"))
        LeadFactory(campaign=one)
    assert [asked(LIST, 8), asked(one.get_absolute_url(), 9)] == few


def test_a_campaign_tells_its_costs_its_links_and_its_leads(client, ivana):
    one = campaign("One", utm_campaign="spring*", starts_on=date(2026, 1, 1))
    spent(date(2026, 1, 5), 100, of=one)
    spent(date(2026, 2, 5), "50.5", of=one)
    lead = LeadFactory(campaign=one, last_name="Wójcik")
    html = client.get(one.get_absolute_url()).content.decode()
    for words in ("January 2026", "150.50", "spring*", "Wójcik", f"?campaign={one.pk}"):
        assert words in html
    assert one.get_absolute_url() in client.get(lead.get_absolute_url()).content.decode()
    assert client.get("/campaigns/999/").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.MARKETER, 200),
        (roles.MARKETING_MANAGER, 200),
        (roles.SALES_MANAGER, 200),
        (roles.REP, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_who_sees_campaigns(client, role, status):
    client.force_login(UserFactory(role=role))
    for url in (LIST, campaign("One").get_absolute_url()):
        assert client.get(url).status_code == status


def test_a_manager_keeps_costs_with_the_campaign(client):
    client.force_login(UserFactory(role=roles.MARKETING_MANAGER, is_staff=True))
    form = {"name": "Fair", "starts_on": "2026-01-02", "ends_on": "2026-01-01"}
    form |= {f"costs-{name}": n for name, n in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}
    form |= {"costs-0-on": "2026-01-03", "costs-0-amount": "99.90"}
    add = reverse("admin:leads_campaign_add")
    assert "It ends before it starts." in client.post(add, form).content.decode()
    assert client.post(add, form | {"ends_on": ""}).status_code == 302
    assert CampaignCost.objects.get(campaign__name="Fair").amount == Decimal("99.90")
