"""What is typed during a call is kept: own, until it is finished; nothing is lost silently."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import SALES_MANAGER
from handoff.models import BantAnswer, CallDraft, QuestionAnswer
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "draft"}


@pytest.fixture
def elin(client):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    client.force_login(rep)
    return rep


@pytest.fixture
def lead(elin):
    return story.accepted(by=elin)


class Tab:
    """An open page of the call, with the hidden fields that it sends back."""

    def __init__(self, client, lead):
        self.client, self.lead = client, lead
        self.page = client.get(reverse("handoff:discovery", args=[lead.pk])).content.decode()
        self.said = {"tab": self._hidden("tab"), "draft_at": self._hidden("draft_at")}

    def saves(self, **typed):
        url = reverse("handoff:draft", args=[self.lead.pk])
        answer = self.client.post(url, self.said | typed, headers=HTMX)
        self.page = answer.content.decode()
        self.said["draft_at"] = self._hidden("draft_at")
        return answer

    def finishes(self, **typed):
        url = reverse("handoff:discovery", args=[self.lead.pk])
        answer = self.client.post(url, self.said | typed)
        self.page = answer.content.decode()
        return answer

    def sees_again(self):
        self.said["draft_at"] = self._hidden("draft_at")

    def _hidden(self, name):
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.page)
        return found[1] if found else ""


def in_days(days):
    return timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


ATTEMPT = {"outcome": "no_answer", "next_attempt_at": in_days(2)}


def test_a_draft_comes_back_whole_and_records_nothing(client, lead):
    typed = {
        "budget_value": "partly", "budget_evidence": "Some is left", "own-decision": "The board",
        "notes": "Wants a pilot", "outcome": "nurture", "reason": "bad_timing",
        "until": "2031-03-01",
    }  # fmt: skip
    answer = Tab(client, lead).saves(**typed, csrfmiddlewaretoken="x", stage="customer")
    assert "Draft saved" in answer.content.decode()
    assert not BantAnswer.objects.exists()
    assert not QuestionAnswer.objects.exists()
    assert CallDraft.objects.get().data.keys() == typed.keys() | {"tab"}
    page = Tab(client, lead).page
    for shown in [
        "Draft saved", 'id="id_budget_value_partly" value="partly" checked', "Some is left",
        "The board", "Wants a pilot", 'value="2031-03-01"',
    ]:  # fmt: skip
        assert shown in page, shown
    assert 'value="bad_timing" required checked' in page


def test_a_draft_of_somebody_else_is_not_shown(client, lead):
    Tab(client, lead).saves(notes="Elin's words")
    client.force_login(UserFactory(role=SALES_MANAGER))
    tab = Tab(client, lead)
    assert "Elin&#x27;s words" not in tab.page
    tab.saves(notes="Other words")
    assert CallDraft.objects.count() == 2


def test_a_draft_ends_with_the_call(client, lead):
    tab = Tab(client, lead)
    tab.saves(notes="Voicemail")
    assert tab.finishes(notes="Voicemail", **ATTEMPT).status_code == 302
    assert not CallDraft.objects.exists()


def test_a_refused_call_keeps_its_draft(client, lead):
    tab = Tab(client, lead)
    tab.saves(notes="Voicemail")
    assert tab.finishes(notes="Voicemail", outcome="ready").status_code == 422
    assert CallDraft.objects.exists()


def test_of_two_tabs_the_newer_wins_and_tells_what_it_replaced(client, lead):
    first, second = Tab(client, lead), Tab(client, lead)
    first.saves(notes="Written first", budget_value="yes")
    answer = second.saves(notes="Written second").content.decode()
    assert "another tab of yours" in answer
    assert "Notes: “Written first”; Budget value: “yes”" in answer
    assert CallDraft.objects.get().data["notes"] == "Written second"
    assert "another tab" not in second.saves(notes="Written on").content.decode()
    assert "Written on" in first.saves(notes="First goes on").content.decode()


def test_a_call_is_not_finished_over_what_another_tab_kept(client, lead):
    first, second = Tab(client, lead), Tab(client, lead)
    first.saves(notes="Sara decides")
    answer = second.finishes(notes="Voicemail", **ATTEMPT)
    assert answer.status_code == 409
    assert "Sara decides" in second.page
    assert "Voicemail" in second.page
    assert CallDraft.objects.exists()
    second.sees_again()
    assert second.finishes(notes="Voicemail, Sara decides", **ATTEMPT).status_code == 302


def test_saving_the_answers_keeps_the_rest_as_a_draft(client, lead):
    said = {"budget_value": "yes", "own-decision": "The board", "notes": "Hall 3", "save": "1"}
    assert Tab(client, lead).finishes(**said).status_code == 302
    assert BantAnswer.objects.get().value == "yes"
    assert QuestionAnswer.objects.get().text == "The board"
    assert "Hall 3" in Tab(client, lead).page


def test_who_no_longer_has_the_lead_is_told_that_nothing_was_kept(client, elin, lead):
    tab = Tab(client, lead)
    perform(lead, "reassign", by=UserFactory(role=SALES_MANAGER), to_user=RepFactory())
    answer = tab.saves(notes="Too late")
    assert answer.status_code == 409
    assert "Not saved:" in tab.page
    assert "reassigned this lead" in tab.page
    assert not CallDraft.objects.exists()


def test_only_who_may_call_keeps_a_draft(client, elin, lead):
    url = reverse("handoff:draft", args=[lead.pk])
    assert client.get(url).status_code == 405
    client.force_login(RepFactory())
    assert client.post(url, {"notes": "x"}).status_code == 404
    client.force_login(UserFactory())
    assert client.post(url, {"notes": "x"}).status_code == 403


def test_hostile_text_is_kept_within_its_bounds(client, lead):
    assert Tab(client, lead).saves(notes="a\x00b" * 9000).status_code == 200
    assert len(CallDraft.objects.get().data["notes"]) == 5000


def test_a_draft_takes_the_same_queries_each_time(client, lead, django_assert_max_num_queries):
    tab = Tab(client, lead)
    tab.saves(notes="a")
    with django_assert_max_num_queries(12):
        tab.saves(notes="b")
    assert Lead.objects.get(pk=lead.pk).stage == "sal"
