"""Who referred a lead: typed on the edit form, shown in the story."""

import pytest
from django.urls import reverse

from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    client.force_login(UserFactory())
    return LeadFactory(first_name="Anke", last_name="Brandt")


@pytest.fixture
def friend():
    return LeadFactory(first_name="Łukasz", last_name="Wójcik", email="L.Wojcik@wisla.example")


def edit(client, lead, referred_by):
    said = {"first_name": "Anke", "last_name": "Brandt", "email": lead.email}
    said |= {"phone": lead.phone, "country": lead.country, "source": lead.source}
    url = reverse("leads:edit", args=[lead.pk])
    answer = client.post(url, said | {"referred_by": referred_by})
    lead.refresh_from_db()
    return answer


@pytest.mark.parametrize("text", ["l.wojcik@wisla.example", "wojcik", " Łukasz Wój "])
def test_an_address_or_a_name_finds_who_it_was(client, lead, friend, text):
    assert edit(client, lead, text).status_code == 302
    assert lead.referred_by == friend
    html = client.get(lead.get_absolute_url()).content.decode()
    assert f'<a href="{friend.get_absolute_url()}">Łukasz Wójcik</a>' in html
    form = client.get(reverse("leads:edit", args=[lead.pk])).content.decode()
    assert friend.email in form
    assert edit(client, lead, "").status_code == 302
    assert lead.referred_by is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nobody@nowhere.example", "No lead that you see"),
        ("!!!", "No lead that you see"),
        ("\x00", "Null characters are not allowed."),
        ("anke brandt", "Nobody refers themselves."),
        ("same", "Several are called so"),
    ],
)
def test_who_is_meant_must_be_clear(client, lead, text, words):
    LeadFactory(last_name="Same", email="one@same.example")
    LeadFactory(last_name="Same", email="two@same.example")
    answer = edit(client, lead, text)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert lead.referred_by is None


def test_a_rep_finds_only_leads_of_their_own(client, friend):
    rep = RepFactory()
    mine = story.accepted(by=rep, first_name="Anke", last_name="Brandt", email="anke@one.example")
    client.force_login(rep)
    assert edit(client, mine, friend.email).status_code == 422
    mine.referred_by = friend
    mine.save(update_fields=["referred_by"])
    form = client.get(reverse("leads:edit", args=[mine.pk])).content.decode()
    assert friend.title in form
    assert friend.email not in form
    assert edit(client, mine, friend.title).status_code == 302  # as it was before
    assert mine.referred_by == friend
