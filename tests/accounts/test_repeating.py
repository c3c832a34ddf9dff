"""Idempotency-Key: sent twice, done once, answered twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import repeating
from accounts.models import KeptAnswer
from accounts.tasks import forget_answers
from leads.models import Activity, Lead
from tests.api_client import System
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db
AT = "2026-03-02T09:00:00+01:00"


def deed(lead):
    return {"items": [{"lead": {"id": lead.pk}, "kind": "call", "happened_at": AT}]}


def test_the_same_request_is_done_once_and_answered_twice():
    system, lead = System(), LeadFactory()
    first, again = [system.post("/activities", deed(lead), Idempotency_Key="a1") for _ in range(2)]
    assert first.content == again.content
    assert again["Content-Type"] == "application/json"
    assert (first.has_header("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (
        False,
        "true",
    )
    assert Activity.objects.count() == 1
    system.post("/activities", deed(lead), Idempotency_Key="a2")
    assert Activity.objects.count() == 2


def test_the_same_name_for_another_request_is_refused():
    system, lead = System(), LeadFactory()
    system.post("/activities", deed(lead), Idempotency_Key="a1")
    answers = [
        system.post("/activities", deed(LeadFactory()), Idempotency_Key="a1"),
        system.post("/leads", {"items": [{"email": "a@b.example"}]}, Idempotency_Key="a1"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Lead.objects.filter(email="a@b.example").exists()


def test_two_keys_may_choose_the_same_name():
    lead = LeadFactory()
    for name in ("one", "two"):
        System(name=name).post("/activities", deed(lead), Idempotency_Key="a1")
    assert Activity.objects.count() == 2


def test_who_was_turned_away_may_mend_the_request():
    system, lead = System(), LeadFactory()
    assert system.post("/activities", {}, Idempotency_Key="a1").status_code == 422
    assert system.post("/activities", deed(lead), Idempotency_Key="a1").status_code == 200
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("name", ["", "x" * 256, "a b", "é"])
def test_a_name_that_is_none(name):
    headers = {"Idempotency-Key": name.encode().decode("latin-1")}
    answer = System().post("/leads", {"items": [{"email": "a@b.example"}]}, **headers)
    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_answers_are_forgotten_after_a_day():
    system, lead = System(), LeadFactory()
    system.post("/activities", deed(lead), Idempotency_Key="old")
    KeptAnswer.objects.update(answered_at=timezone.now() - repeating.KEPT - timedelta(minutes=1))
    system.post("/activities", deed(lead), Idempotency_Key="new")
    forget_answers()
    assert KeptAnswer.objects.get().name == "new"
