"""Handoffs as other systems read them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.perform import perform
from tests import story
from tests.api_client import System
from tests.factories import RepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return System("handoffs:read")


def items(system, **said):
    answer = system.get("/handoffs", said)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_what_was_offered_and_what_became_of_it(system):
    rep = RepFactory()
    pending, given_back = story.handed_off(to=rep), story.handed_off(to=rep)
    perform(given_back, "reject", by=rep, reason="no_budget", note="Nothing before the next year")
    first, second = items(system)
    assert (first["lead"], first["state"], first["to_user"]) == (pending.pk, "pending", rep.email)
    assert (second["state"], second["reason"]) == ("rejected", "no_budget")
    assert second["note"] == "Nothing before the next year"
    assert [one["id"] for one in items(system, state="rejected")] == [second["id"]]
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert items(system, since=later) == []


def test_a_key_sees_what_its_person_sees():
    rep = RepFactory()
    mine = story.handed_off(to=rep)
    story.handed_off()
    assert [one["lead"] for one in items(System("handoffs:read", acts_as=rep))] == [mine.pk]


def test_thirty_cost_as_many_queries_as_one(system, django_assert_max_num_queries):
    story.accepted()
    items(system)
    with django_assert_max_num_queries(20) as for_one:
        assert len(items(system)) == 1
    for _ in range(15):
        story.accepted()
    with django_assert_max_num_queries(len(for_one)):
        assert len(items(system)) == 16
