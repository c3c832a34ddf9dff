"""Numbers that open the leads behind them: of a campaign's page, and whom a lead has referred."""

from decimal import Decimal

import pytest

from leads.models import Campaign
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/leads/"


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def html(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def fair():
    """Brought five leads: one as they are, one MQL, one SQL, one won, one whose campaign changed
    after the MQL."""
    fair, other = (Campaign.objects.create(name=name) for name in ("Fair", "Other"))
    rep = RepFactory()
    LeadFactory(campaign=fair), story.an_mql(campaign=fair), story.an_sql(campaign=fair)
    perform(story.an_sql(by=rep, campaign=fair), "win", by=rep, amount=Decimal(100))
    moved = story.an_mql(campaign=fair)
    moved.campaign = other
    moved.save()
    later = story.an_mql(campaign=other)
    later.campaign = fair
    later.save()
    return fair


@pytest.mark.parametrize(("what", "n"), [("mql", 4), ("sql", 2), ("won", 1)])
def test_each_number_of_a_campaign_lists_exactly_its_leads(client, ivana, fair, what, n):
    link = f'<a href="{LIST}?cycle={what}&amp;of_campaign={fair.pk}">{n}</a>'
    assert link in html(client.get(fair.get_absolute_url()))
    assert link.replace("<a ", '<a class="text-reset" ') in html(client.get("/campaigns/"))
    answer = client.get(f"{LIST}?cycle={what}&of_campaign={fair.pk}")
    assert answer.context["page"].total == n


def test_the_list_says_what_it_is_narrowed_to_and_how_to_see_all(client, ivana, fair):
    query = f"cycle=mql&of_campaign={fair.pk}&since=2026-01-05"
    answer = client.get(f"{LIST}?{query}&source=x")
    assert answer.context["behind"] == [
        ("Became MQL since 5 Jan 2026 by Fair", f"{LIST}?source=x"),
    ]
    assert f'name="of_campaign" value="{fair.pk}"' in html(
        answer
    )  # goes along with the next filter
    assert client.get(f"{LIST}?source=x").context["behind"] == []
    nobodys = client.get(f"{LIST}?cycle=mql&of_campaign=999999999")
    assert nobodys.context["behind"][0][0] == "Became MQL by –"
    assert nobodys.context["page"].rows == []


@pytest.mark.parametrize("query", ["of_campaign=x&cycle=mql", "referred_by=0", "referred_by=1e30"])
def test_what_is_no_id_is_named(client, ivana, query):
    assert "Show all leads" in html(client.get(f"{LIST}?{query}"), 422)


def test_a_lead_says_how_many_it_referred(client, ivana):
    anke = LeadFactory(first_name="Anke", last_name="Brandt")
    assert "referred_by=" not in html(client.get(anke.get_absolute_url()))
    friends = {LeadFactory(referred_by=anke), LeadFactory(referred_by=anke)}
    url = f"{LIST}?referred_by={anke.pk}"
    assert f'<a href="{url}">2 others</a>' in html(client.get(anke.get_absolute_url()))
    answer = client.get(url)
    assert set(answer.context["page"].rows) == friends
    assert answer.context["behind"] == [("Referred by Anke Brandt", LIST)]


def test_a_rep_counts_whom_they_see(client):
    rep = RepFactory()
    anke = story.accepted(by=rep)
    LeadFactory(referred_by=anke), story.accepted(by=rep, referred_by=anke)
    client.force_login(rep)
    assert "1 other</a>" in html(client.get(anke.get_absolute_url()))
    hidden = LeadFactory(first_name="Secret", last_name="Person")
    mine = story.accepted(by=rep, referred_by=hidden)
    answer = client.get(f"{LIST}?referred_by={hidden.pk}")
    assert answer.context["page"].rows == [mine]
    assert answer.context["behind"][0][0] == "Referred by –"


def test_one_and_thirty_cost_the_same_queries(client, ivana, django_assert_max_num_queries):
    def asked(url):
        client.get(url)
        with django_assert_max_num_queries(9) as found:
            client.get(url)
        return len(found)

    fair, anke = Campaign.objects.create(name="Fair"), LeadFactory()
    urls = [f"{LIST}?cycle=mql&of_campaign={fair.pk}", f"{LIST}?referred_by={anke.pk}"]
    story.an_mql(campaign=fair, referred_by=anke)
    few = [asked(url) for url in urls]
    for _ in range(29):
        story.an_mql(campaign=fair, referred_by=anke)
    assert [asked(url) for url in urls] == few
