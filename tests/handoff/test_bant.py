"""BANT before the discovery call: who spoke to the lead records it; the handoff may need it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CUSTOMER_SUCCESS
from handoff import bant
from handoff.models import BantAnswer
from leads.perform import perform
from leads.refusals import Missing
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SAID = {"need_value": "yes", "need_basis": "inferred", "need_evidence": "Two halls"}


def url(lead):
    return reverse("handoff:bant", args=[lead.pk])


@pytest.mark.parametrize("make", [LeadFactory, story.an_mql, story.handed_off, story.accepted])
def test_a_marketer_records_it_in_any_open_stage(client, make):
    lead = make()
    client.force_login(UserFactory())
    assert "BANT so far" in client.get(url(lead)).content.decode()
    assert client.post(url(lead), SAID).url == lead.get_absolute_url()
    answer = BantAnswer.objects.get()
    assert (answer.question, answer.value, answer.basis) == ("need", "yes", "inferred")


def test_the_lead_page_offers_it_to_who_may_record(client):
    lead = story.an_mql()
    client.force_login(UserFactory())
    assert f'hx-get="{url(lead)}"' in client.get(lead.get_absolute_url()).content.decode()
    rep = RepFactory()
    sal = story.accepted(by=rep)
    client.force_login(rep)
    page = client.get(sal.get_absolute_url()).content.decode()
    assert url(sal) not in page  # the owner has the discovery call
    assert reverse("handoff:discovery", args=[sal.pk]) in page


def test_in_a_dialog_the_page_comes_back_fresh(client):
    lead = story.an_mql()
    client.force_login(UserFactory())
    headers = {"HX-Request": "true", "HX-Target": "dialog"}
    assert "<html" not in client.get(url(lead), headers=headers).content.decode()
    assert client.post(url(lead), SAID, headers=headers)["HX-Refresh"] == "true"


def test_who_has_nothing_to_do_with_the_lead_records_nothing(client):
    colleague = RepFactory()
    lead = story.handed_off(to=colleague)
    client.force_login(RepFactory())
    assert client.post(url(lead), SAID).status_code == 404
    client.force_login(RepFactory(team=colleague.team))
    assert client.post(url(lead), SAID).status_code == 302
    client.force_login(UserFactory(role=CUSTOMER_SUCCESS))
    assert client.post(url(lead), SAID).status_code == 404
    assert BantAnswer.objects.count() == 1


def test_a_closed_lead_needs_none(client):
    lead = story.an_mql()
    perform(lead, "disqualify", by=UserFactory(), reason="spam")
    client.force_login(UserFactory())
    assert client.post(url(lead), SAID).status_code == 403


@pytest.mark.parametrize(
    "said", [{"need_value": "perhaps"}, {"need_value": "yes", "need_evidence": "x" * 1001}]
)
def test_what_does_not_fit_is_refused_whole(client, said):
    lead = story.an_mql()
    client.force_login(UserFactory())
    assert client.post(url(lead), {"budget_value": "yes"} | said).status_code == 422
    assert not BantAnswer.objects.exists()


def test_an_answer_of_no_is_known_and_unknown_is_not():
    lead, other, by = LeadFactory(), LeadFactory(), UserFactory()
    said = {q: (value, "stated", "") for q, value in [("budget", "no"), ("need", "unknown")]}
    bant.record(lead, said, by=by, now=NOW)
    assert bant.known_before([lead.pk, other.pk]) == {lead.pk: 1, other.pk: 0}


def test_an_agreement_may_want_answers_before_the_handoff(client):
    story.agreement_in_force(bant_before=2)
    lead, by = story.an_mql(), UserFactory()
    bant.record(lead, {"need": ("yes", "stated", "")}, by=by, now=NOW)
    with pytest.raises(Missing, match="1 of 2 BANT answers are known") as refused:
        perform(lead, "hand_off", by=by, to_user=RepFactory())
    assert refused.value.url == url(lead)
    client.force_login(by)
    assert "BANT, 1 of 2 known" in client.get(lead.get_absolute_url()).content.decode()
    bant.record(lead, {"budget": ("no", "stated", "")}, by=by, now=NOW)
    assert perform(lead, "hand_off", by=by, to_user=RepFactory()).stage == "handed_off"
