"""The opportunity says what was said last, a zero too."""

import pytest

from handoff.models import Opportunity
from leads.perform import perform
from tests import story
from tests.factories import RepFactory

pytestmark = pytest.mark.django_db


def test_a_deal_won_for_nothing_is_worth_nothing():
    rep = RepFactory()
    lead = story.an_sql(by=rep)
    Opportunity.objects.update(amount=500)
    perform(lead, "win", by=rep, amount=0)
    assert Opportunity.objects.get().amount == lead.cycles.get().amount == 0


def test_an_amount_is_asked_for_in_the_deals_currency(client):
    rep = RepFactory()
    lead = story.an_sql(by=rep)
    Opportunity.objects.update(currency="SEK")
    client.force_login(rep)
    assert "Amount, SEK" in client.get(f"/leads/{lead.pk}/do/win/").content.decode()
