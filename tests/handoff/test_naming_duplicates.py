"""Turned down as a duplicate: the other lead is named, and marketing may merge the two."""

import pytest

from accounts import roles
from leads.models import DuplicatePair, Lead, LeadEvent
from leads.timeline import timeline
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tomas(client):
    rep = RepFactory(first_name="Tomáš", last_name="Novák")
    client.force_login(rep)
    return rep


def turn_down(client, lead, other, name="reject", reason="duplicate", status=302):
    said = {"reason": reason, "note": "", "other": other}
    answer = client.post(f"/leads/{lead.pk}/do/{name}/", said)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return LeadEvent.objects.filter(lead=lead, name=name).first()


@pytest.mark.parametrize(
    "typed", ["{0.pk}", "#{0.pk}", "{0.email}", "http://testserver/leads/{0.pk}/"]
)
def test_the_other_lead_is_found_by_what_people_have_at_hand(client, tomas, typed):
    lead, mine = story.handed_off(to=tomas), story.accepted(by=tomas, last_name="Horák")
    event = turn_down(
        client, lead, typed.format(mine).upper() if "@" in typed else typed.format(mine)
    )
    assert (event.details["other"], event.details["other_said"]) == (mine.pk, "Anke Horák")
    pair = DuplicatePair.objects.get()
    assert (pair.one, pair.other, pair.likeness, pair.signs) == (lead, mine, 100, ["said"])
    lines = [line for moment in timeline(lead.pk).moments for line in moment.lines]
    assert "The other lead: Anke Horák" in lines


def test_nobody_learns_who_is_there(client, tomas):
    """Of somebody whom the rep may not see, and of nobody, the same is kept: what was typed."""
    hidden = LeadFactory(email="radka@vltava.example")
    typed_of = [("Radka@vltava.example", hidden.pk), ("nobody@vltava.example", None)]
    typed_of += [(str(hidden.pk), hidden.pk), ("9" * 30, None), ("a colleague's", None)]
    for typed, other in typed_of:
        event = turn_down(client, story.handed_off(to=tomas), typed)
        assert (event.details["other"], event.details["other_said"]) == (other, typed)


def test_a_part_of_another_lead_stands_for_that(client, tomas):
    winner = story.accepted(by=tomas)
    LeadFactory(email="old@vltava.example", merged_into=winner)
    event = turn_down(client, story.handed_off(to=tomas), "old@vltava.example")
    assert event.details["other"] == winner.pk


def test_the_lead_itself_is_no_other(client, tomas):
    lead = story.handed_off(to=tomas)
    turn_down(client, lead, str(lead.pk), status=422)
    assert Lead.objects.get().stage == "handed_off"


def test_it_may_be_left_open_and_other_reasons_do_not_ask(client, tomas):
    event = turn_down(client, story.handed_off(to=tomas), "")
    assert "other_said" not in event.details
    lead, other = story.handed_off(to=tomas), LeadFactory()
    event = turn_down(client, lead, str(other.pk), reason="spam")
    assert "other_said" not in event.details
    assert not DuplicatePair.objects.exists()


def test_marketing_is_told_and_offered_the_merge(client):
    ivana = UserFactory()
    lead = story.handed_off(by=ivana)
    other = LeadFactory(last_name="Horák")
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    turn_down(client, lead, other.email)
    client.force_login(ivana)
    page = client.get("/feedback/?tab=told").content.decode()
    assert "Anke Horák" in page
    assert f'href="/duplicates/{lead.pk}/or/{other.pk}/"' in page
    assert "Said by a colleague" in client.get("/duplicates/").content.decode()


def test_marketing_names_it_too(client):
    client.force_login(UserFactory())
    lead, other = story.an_mql(), LeadFactory()
    event = turn_down(client, lead, str(other.pk), name="disqualify")
    assert event.details["other"] == other.pk
