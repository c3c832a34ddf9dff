"""A lead that was merged is nowhere listed or counted: whoever looks for it finds its winner."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts import roles
from handoff.meeting import found as met
from leads import campaigns, referral
from leads.duplicates import unmerging
from leads.models import Campaign, Company, Lead
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory
from tests.leads.two_leads import NOW, fresh, one

pytestmark = pytest.mark.django_db
LIST = "/leads/"
LINK = re.compile(r'href="(/[^"#]*)')


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


@pytest.fixture
def marta():
    return UserFactory(role=roles.MARKETING_MANAGER)


@pytest.fixture
def pair(marta):
    """(winner, loser): the loser was an offer to a rep."""
    loser = story.handed_off(
        first_name="Ilse", last_name="Janssens", email="ilse@old.example", external_id="OLD-7",
        source="Fair", now=NOW,
    )  # fmt: skip
    winner = story.an_mql(last_name="Janssen", email="i.janssen@new.example", now=NOW)
    one(winner, loser, marta)
    return fresh(winner), fresh(loser)


def rows(client, query=""):
    return client.get(f"{LIST}?{query}").context["page"].rows


@pytest.mark.parametrize("text", ["Ilse+Janssens", "ilse@old.example", "OLD-7", "janssen"])
def test_whoever_looks_for_it_finds_the_winner(client, ivana, pair, text):
    winner, _loser = pair
    assert rows(client, f"q={text}") == [winner]


@pytest.mark.parametrize("query", ["", "stage=disqualified", "source=Fair", "sort=-created_at"])
def test_no_list_has_it(client, ivana, pair, query):
    winner, loser = pair
    shown = rows(client, query)
    assert loser not in shown
    assert shown == ([winner] if "=" not in query or "sort" in query else [])


def test_unmerged_it_is_listed_again(client, ivana, pair, marta):
    _winner, loser = pair
    unmerging.unmerge(loser.merged_by.get(), by=marta, now=NOW)
    assert rows(client, "q=ilse@old.example") == [loser]


def test_a_rep_who_was_offered_it_finds_the_winner(client, pair):
    winner, loser = pair
    rep = loser.handoffs.get().to_user
    client.force_login(rep)
    assert rows(client, "q=Ilse") == rows(client) == [winner]
    assert winner.get_absolute_url() in client.get(loser.get_absolute_url()).content.decode()
    client.force_login(RepFactory())
    assert rows(client) == []


def test_the_link_to_the_winner_is_for_who_sees_it(client, ivana, marta):
    """Its own rep has lost it by then, and another one has the winner."""
    rep = RepFactory()
    loser = perform(story.an_sql(by=rep, now=NOW), "lose", by=rep, now=NOW, reason="price")
    loser.handoffs.all().delete()  # as a claim has none
    winner = story.accepted(now=NOW)
    one(winner, loser, marta)
    client.force_login(rep)
    html = client.get(loser.get_absolute_url()).content.decode()
    assert "Merged into another lead" in html
    assert winner.get_absolute_url() not in html
    client.force_login(ivana)
    html = client.get(loser.get_absolute_url()).content.decode()
    assert winner.get_absolute_url() in html


def test_no_other_search_has_it(pair, ivana):
    winner, loser = pair
    rep = loser.handoffs.get().to_user
    assert met(rep, "Ilse")[1] == met(rep, "ilse@old.example")[1] == [winner]
    assert referral.found("ilse@old.example", of=LeadFactory(), by=ivana) == winner


def test_nor_has_an_export(pair, capsys):
    winner, _loser = pair
    call_command("export_leads", columns="id")
    assert capsys.readouterr().out.split()[1:] == [str(winner.pk)]


@pytest.mark.parametrize("role", [roles.MARKETER, roles.MARKETING_MANAGER, roles.SALES_MANAGER])
@pytest.mark.parametrize("lacks", ["company", "phone"])
def test_its_page_has_no_link_to_where_nobody_may_go(client, role, lacks, marta):
    loser = story.an_mql(now=NOW)
    Lead.objects.filter(pk=loser.pk).update(company=None, phone="")
    one(story.an_mql(now=NOW), loser, marta)
    client.force_login(UserFactory(role=role))
    html = client.get(loser.get_absolute_url()).content.decode()
    assert "Missing for a handoff" not in html
    for url in set(LINK.findall(html.partition("<main")[2])):
        assert client.get(url.replace("&amp;", "&")).status_code < 400, url


def test_who_may_not_edit_has_no_link_to_do_so(client):
    """Once handed over, by now somebody else's."""
    rep = RepFactory()
    lead = story.handed_off(to=rep)
    perform(lead, "reject", by=rep, reason="low_intent")
    Lead.objects.filter(pk=lead.pk).update(company=None)
    url = reverse("leads:edit", args=[lead.pk])
    for user, linked in ((rep, False), (UserFactory(), True)):
        client.force_login(user)
        html = client.get(lead.get_absolute_url()).content.decode()
        assert "Missing for a handoff" in html
        assert (url in html) == linked


def test_numbers_of_today_and_of_a_campaign_count_a_person_once(client, marta):
    """And open the list of exactly the leads that they count."""
    fair, before = Campaign.objects.create(name="Fair"), NOW - timedelta(seconds=1)
    loser = story.accepted(campaign=fair, now=before)
    winner = story.an_mql(campaign=fair, now=before)
    one(winner, loser, marta)
    client.force_login(UserFactory(role=roles.MARKETING_MANAGER))
    numbers = client.get("/").context["numbers"]
    assert [number.value for number in numbers] == [1, 1, 0, 0]
    for number in numbers[:2]:
        assert client.get(number.url).context["page"].rows == [winner]
    assert campaigns.results([fair.pk])[fair.pk] == campaigns.Results(leads=1, mqls=1)
    assert rows(client, f"cycle=accepted&of_campaign={fair.pk}") == [winner]


def test_companies_are_not_asked_for_a_part(client, ivana, pair):
    """The words of a company find those who work there now."""
    Company.objects.filter(leads__in=[pair[1]]).update(name="Zubr Papier")
    assert rows(client, "q=zubr") == []
