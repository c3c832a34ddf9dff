"""Who comes in to the demo company: drawn alike each time, and a believable few are there twice."""

from datetime import UTC, datetime
from random import Random

import pytest
from django.db import transaction

from leadops.demo import corrections
from leadops.demo.market import Market
from leads.duplicates import searching
from leads.models import DuplicatePair, Lead

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 21, 16, 24, tzinfo=UTC)


def came(number):
    """(what is known of each, how likely each pair is one person), in a world of its own."""
    with transaction.atomic():
        corrections.define_halls()
        market = Market(Random(7), doubling=Random(7), since=NOW.date())
        for _ in range(number):
            market.arrival(NOW)
        searching.search_all(NOW)
        facts = Lead.objects.order_by("pk").values_list("first_name", "last_name", "email", "phone")
        found = list(facts), sorted(DuplicatePair.objects.values_list("likeness", flat=True))
        transaction.set_rollback(True)
    return found


def test_the_same_people_come_each_time():
    assert came(40) == came(40)


def test_few_are_there_twice():
    people, pairs = came(400)
    assert len({email for *_rest, email, _phone in people}) == 400
    assert 2 <= len(pairs) <= 12
    assert max(pairs) >= 85 > 60 > min(pairs)  # some beyond doubt, some not
