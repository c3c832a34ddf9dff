"""Attempts to reach a lead: what counts, when "unreachable" may be said, and the first touch."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import attempts
from handoff.models import Discovery, Handoff
from leads.perform import perform, perform_many
from leads.refusals import Missing
from tests import story
from tests.factories import ActivityFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def elin(client):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    client.force_login(rep)
    return rep


def accepted(rep):
    story.agreement_in_force(now=NOW - timedelta(days=9), attempts=2, attempt_days=5)
    return story.accepted(by=rep, now=NOW - timedelta(days=1))


def call(lead, rep, outcome="no_answer", at=NOW):
    Discovery.objects.create(lead=lead, by=rep, held_at=at, outcome=outcome, notes="Voicemail")


def logged(lead, by, **fields):
    fields = {"kind": "call", "properties": {"reached": False}, "happened_at": NOW} | fields
    ActivityFactory(lead=lead, by=by, **fields)


def count(lead):
    return attempts.count([lead.pk])[lead.pk]


def test_unanswered_calls_count_however_they_were_recorded(elin):
    lead = accepted(elin)
    call(lead, elin)
    logged(lead, elin)
    logged(lead, UserFactory())
    assert count(lead) == 3


def test_these_are_no_attempts(elin):
    lead = accepted(elin)
    call(lead, elin, outcome="ready")
    logged(lead, elin, properties={"reached": True})
    logged(lead, None)
    logged(lead, elin, kind="note", properties={})
    logged(lead, elin, happened_at=NOW - timedelta(days=5))  # before this cycle
    assert count(lead) == 0


def test_unreachable_waits_for_the_agreed_attempts(elin):
    lead = accepted(elin)
    call(lead, elin)
    with pytest.raises(Missing, match="Not yet: 1 of 2 attempts made") as refused:
        perform(lead, "recycle", by=elin, reason="unreachable")
    assert refused.value.field == "reason"
    logged(lead, elin)
    assert perform(lead, "recycle", by=elin, reason="unreachable").stage == "nurture"


def test_of_many_only_those_with_enough_attempts_go(elin):
    tried = accepted(elin)
    other = story.accepted(by=elin, now=NOW - timedelta(days=1))
    for _ in range(2):
        call(tried, elin)
    outcome = perform_many([tried, other], "recycle", by=elin, reason="unreachable")
    assert [lead.pk for lead in outcome.moved] == [tried.pk]
    assert list(outcome.refused) == [other.pk]


def test_the_grid_says_why_not_yet(client, elin):
    lead = accepted(elin)
    form = reverse("leads:act", args=[lead.pk, "recycle"])
    page = client.get(form).content.decode()
    assert "Not yet: 0 of 2 attempts made." in page
    assert 'value="unreachable" required disabled' in page
    for _ in range(2):
        call(lead, elin)
    assert "Not yet" not in client.get(form).content.decode()


def test_the_call_lists_earlier_attempts(client, elin):
    lead = accepted(elin)
    call(lead, elin)
    logged(lead, elin, body="Assistant answered")
    page = client.get(reverse("handoff:discovery", args=[lead.pk])).content.decode()
    assert "attempt 3 of 2" in page
    assert "2 of 2 in 5 business days" in page
    assert page.count("No answer, Elin Sjöberg") == 2
    assert "Assistant answered" in page


def log(client, lead, kind):
    client.post(reverse("leads:log", args=[lead.pk]), {"kind": kind, "body": "Called"})


def test_the_first_call_after_the_handoff_is_its_first_touch(client, elin):
    lead = story.handed_off(to=elin)
    log(client, lead, "note")
    assert Handoff.objects.get().touched_at is None
    log(client, lead, "no_answer")
    touched_at = Handoff.objects.get().touched_at
    assert touched_at is not None
    log(client, lead, "reached")
    assert Handoff.objects.get().touched_at == touched_at


def test_a_discovery_call_is_a_touch_of_the_latest_handoff(client, elin):
    lead = story.handed_off(now=NOW - timedelta(days=1))
    lead = perform(lead, "reassign", by=story_manager(), to_user=elin)
    lead = perform(lead, "accept", by=elin, discovery_at=NOW + timedelta(days=1))
    day_after = timezone.localtime(NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    said = {"outcome": "no_answer", "next_attempt_at": day_after}
    client.post(reverse("handoff:discovery", args=[lead.pk]), said)
    first, second = Handoff.objects.order_by("pk")
    assert first.touched_at is None
    assert second.touched_at == Discovery.objects.get().held_at


def story_manager():
    return UserFactory(role="Sales manager")
