"""Discovery: from the answers to SQL, nurture, disqualified or the next attempt."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER
from handoff import discovery as calls
from handoff.models import BantAnswer, Discovery, Opportunity
from leads.models import Lead, LeadEvent
from leads.perform import perform
from leads.refusals import Conflict, Missing
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def elin(client):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    client.force_login(rep)
    return rep


def url(lead):
    return reverse("handoff:discovery", args=[lead.pk])


def local(days):
    return timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def said(*questions, value="yes", **more):
    answers = {f"{question}_value": value for question in questions}
    return answers | {f"{question}_evidence": f"said {question}" for question in questions} | more


def test_the_page_opens_for_the_owner_in_eight_queries(client, elin, django_assert_max_num_queries):
    lead = story.accepted(by=elin)
    client.get(url(lead))
    with django_assert_max_num_queries(8):
        answer = client.get(url(lead))
    assert answer.status_code == 200
    assert "0 of 3 needed" in answer.content.decode()


def test_ready_with_the_bar_met_makes_an_sql(client, elin):
    lead = story.accepted(by=elin)
    typed = said("budget", "need", "timeline", outcome="ready", notes="Two halls first.")
    answer = client.post(url(lead), typed | {"next_step_at": local(3), "amount": "24000"})
    assert answer.status_code == 302
    assert Lead.objects.get(pk=lead.pk).stage == "sql"
    assert Opportunity.objects.get(lead=lead).amount == 24000
    assert Discovery.objects.get(lead=lead).notes == "Two halls first."
    assert BantAnswer.objects.filter(lead=lead).count() == 3


def test_ready_below_the_bar_is_refused_and_keeps_what_was_typed(client, elin):
    lead = story.accepted(by=elin)
    typed = said("budget", outcome="ready", notes="Sara decides.", content_helped="Webinar")
    answer = client.post(url(lead), typed | {"next_step_at": local(3)})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "1 of 3 BANT answers" in html
    assert "said budget" in html
    assert "Sara decides." in html
    assert 'value="Webinar"' in html
    assert Lead.objects.get(pk=lead.pk).stage == "sal"
    assert not BantAnswer.objects.filter(lead=lead).exists()
    assert not Discovery.objects.filter(lead=lead).exists()


def test_a_missing_next_step_is_named_at_its_field(client, elin):
    lead = story.accepted(by=elin)
    answer = client.post(url(lead), said("budget", "need", "timeline", outcome="ready"))
    assert answer.status_code == 422
    assert 'id="id_next_step_at_error"' in answer.content.decode()


def test_needs_nurturing_gives_the_lead_back_with_a_reason(client, elin):
    lead = story.accepted(by=elin)
    typed = said("need", outcome="nurture", reason="no_budget", detail="none")
    assert client.post(url(lead), typed).status_code == 302
    assert Lead.objects.get(pk=lead.pk).stage == "nurture"
    assert LeadEvent.objects.get(lead=lead, name="recycle").reason == "no_budget"


def test_nurture_without_a_reason_is_refused_at_the_grid(client, elin):
    lead = story.accepted(by=elin)
    answer = client.post(url(lead), said("need", outcome="nurture"))
    assert answer.status_code == 422
    assert "A reason is missing." in answer.content.decode()


def test_a_dated_reason_wants_its_date_and_keeps_the_note(client, elin):
    lead = story.accepted(by=elin)
    typed = {"outcome": "nurture", "reason": "bad_timing", "note": "Call me in March"}
    answer = client.post(url(lead), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "until when?" in html
    assert 'value="Call me in March"' in html


def test_a_suspect_is_disqualified(client, elin):
    lead = story.accepted(by=elin)
    client.post(url(lead), {"outcome": "suspect", "reason": "suspect", "detail": "student"})
    assert Lead.objects.get(pk=lead.pk).stage == "disqualified"


def test_no_answer_counts_the_attempt_and_sets_the_next_date(client, elin):
    lead = story.accepted(by=elin)
    client.post(url(lead), {"outcome": "no_answer", "next_attempt_at": local(2)})
    lead = Lead.objects.get(pk=lead.pk)
    assert lead.stage == "sal"
    assert lead.due_at > timezone.now() + timedelta(days=1)
    assert "attempt 2" in client.get(url(lead)).content.decode()


def test_the_next_attempt_lies_in_the_future(client, elin):
    lead = story.accepted(by=elin)
    answer = client.post(url(lead), {"outcome": "no_answer", "next_attempt_at": local(-2)})
    assert answer.status_code == 422
    assert "must be in the future" in answer.content.decode()
    assert not Discovery.objects.exists()


def test_answers_can_be_saved_before_there_is_an_outcome(client, elin):
    lead = story.accepted(by=elin)
    typed = said("budget", value="partly", save="1", notes="Still talking")
    answer = client.post(url(lead), typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Answers saved" in answer.content.decode()
    assert BantAnswer.objects.get(lead=lead).value == "partly"
    assert "Still talking" in client.post(url(lead), typed, follow=True).content.decode()
    assert BantAnswer.objects.filter(lead=lead).count() == 1  # the same answer is not news


def test_the_gate_follows_the_answers_without_saving(client, elin):
    lead = story.accepted(by=elin)
    headers = {"HX-Request": "true", "HX-Target": "rail"}
    typed = said("budget", "need", look="1", outcome="no_answer")
    html = client.post(url(lead), typed, headers=headers).content.decode()
    assert "2 of 3 needed" in html
    assert "next_attempt_at" in html
    assert "<html" not in html
    assert not BantAnswer.objects.exists()


def test_only_the_owner_or_a_manager_holds_the_call(client, elin):
    colleague = RepFactory(team=elin.team)
    lead = story.accepted(by=colleague)
    assert client.get(url(lead)).status_code == 403
    assert client.get(url(story.accepted())).status_code == 404
    client.force_login(UserFactory(role=MARKETING_MANAGER))
    assert client.get(url(lead)).status_code == 200
    client.force_login(UserFactory())
    assert client.get(url(lead)).status_code == 403


def test_a_lead_that_needs_no_call_leads_back_to_its_page(client, elin):
    lead = story.handed_off(to=elin)
    assert client.get(url(lead)).status_code == 302


def test_the_call_of_an_earlier_cycle_does_not_make_an_sql(elin):
    now = timezone.now()
    lead = story.an_sql(by=elin, now=now - timedelta(days=9))
    lead = perform(lead, "lose", by=elin, reason="price")
    lead = perform(lead, "reengage", by=UserFactory())
    lead = perform(lead, "hand_off", by=UserFactory(), to_user=elin)
    tomorrow = now + timedelta(days=1)
    lead = perform(lead, "accept", by=elin, discovery_at=tomorrow)
    with pytest.raises(Missing, match="has not ended with “ready”"):
        perform(lead, "qualify_sales", by=elin, next_step_at=tomorrow)


def test_who_lost_the_lead_meanwhile_plans_no_next_attempt(elin):
    lead, now = story.accepted(by=elin), timezone.now()
    perform(lead, "reassign", by=UserFactory(role=MARKETING_MANAGER), to_user=RepFactory())
    with pytest.raises(Conflict, match="reassigned this lead"):
        calls.no_answer(
            lead, by=elin, now=now, next_attempt_at=now + timedelta(days=3), answers={}, call={}
        )
    assert not Discovery.objects.exists()
