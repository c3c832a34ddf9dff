"""Which decisions teach: cycles and attributes, in the order of time."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from handoff import reasons
from leads.models import LeadAttributes
from leads.perform import perform
from leads.refusals import Missing
from scoring.calibration import outcomes
from tests.factories import AttributeFactory, LeadFactory, RepFactory
from tests.scoring.outcomes import NOW, leads_with
from tests.story import accepted, agreement_in_force, an_mql, an_sql, handed_off

pytestmark = pytest.mark.django_db


def rejected(reason, **args):
    rep = RepFactory()
    return perform(handed_off(to=rep), "reject", by=rep, reason=reason, **args)


def test_rejections_teach_what_the_table_of_reasons_says():
    good, bad = accepted(), rejected("low_intent")
    rejected("bad_timing", until=timezone.localdate() + timedelta(days=30))
    rejected("spam")
    an_mql()
    found = outcomes.decisions("accepted")
    assert dict(zip(found.lead_ids, found.won.tolist(), strict=True)) == {
        good.pk: True,
        bad.pk: False,
    }
    assert found.moments == [good.cycles.get().opened_at, bad.cycles.get().opened_at]
    assert found.left_out == {
        "rejected as bad timing, which teaches the points nothing": 1,
        "rejected as spam, which teaches the points nothing": 1,
        "neither accepted nor rejected": 1,
    }


def test_a_claim_of_sales_itself_is_no_acceptance():
    agreement_in_force()
    perform(
        LeadFactory(), "claim", by=RepFactory(), discovery_at=timezone.now() + timedelta(days=1)
    )
    found = outcomes.decisions("accepted")
    assert (len(found), found.left_out) == (0, {"claimed by sales itself": 1})


def test_won_and_lost_deals():
    rep = RepFactory()
    won = perform(an_sql(by=rep), "win", by=rep, amount="9000")
    lost = perform(an_sql(by=rep), "lose", by=rep, reason="price")
    an_sql()
    found = outcomes.decisions("won")
    assert dict(zip(found.lead_ids, found.won.tolist(), strict=True)) == {
        won.pk: True,
        lost.pk: False,
    }
    assert found.left_out == {"neither won nor lost": 1}


def test_every_reason_of_the_starters_says_whether_it_teaches_the_points():
    agreement_in_force()
    teach = {code for code, teaches in reasons.teaching().items() if teaches}
    assert teach == {"not_our_customer", "low_intent", "no_budget", "no_authority", "bad_data"}


def test_an_attribute_is_an_outcome_when_it_says_yes_or_no():
    AttributeFactory(code="converted", kind="number", known_since="after_outcome")
    leads = leads_with([{"converted": 1}, {"converted": 0}, {}, {"converted": 7}])
    found = outcomes.decisions("attr.converted")
    assert found.lead_ids == [leads[0].pk, leads[1].pk]
    assert found.won.tolist() == [True, False]
    assert found.moments is None
    assert found.left_out == {"no outcome yet": 1, "neither 0 nor 1": 1}


def test_the_order_is_that_of_a_field_or_of_birth():
    AttributeFactory(code="converted", kind="boolean")
    AttributeFactory(code="number", kind="number")
    AttributeFactory(code="seen_on", kind="date")
    rows = [
        {"converted": True, "number": 3, "seen_on": "2026-02-01"},
        {"converted": True, "number": 1, "seen_on": "2026-03-01"},
        {"converted": True, "number": 2},
    ]
    first, second, third = (lead.pk for lead in leads_with(rows))
    order = {
        key: outcomes.decisions("attr.converted", key).lead_ids
        for key in ("", "attr.number", "attr.seen_on", "lead.created_at")
    }
    assert order == {
        "": [first, second, third],
        "attr.number": [second, third, first],
        "attr.seen_on": [third, first, second],
        "lead.created_at": [first, second, third],
    }


def test_a_boundary_is_of_the_kind_of_the_order():
    AttributeFactory(code="number", kind="number")
    AttributeFactory(code="seen_on", kind="date")
    assert outcomes.boundary("17.5", "attr.number") == 17.5
    assert outcomes.boundary("1970-01-02", "attr.seen_on") == 719164
    assert outcomes.boundary("2026-05-21T10:24:00+00:00") == NOW.timestamp()
    for value, order in [("x", "attr.number"), ("17", "attr.seen_on"), ("soon", "")]:
        with pytest.raises(Missing, match="is no value"):
            outcomes.boundary(value, order)


@pytest.mark.parametrize("key", ["attr.nowhere", "lead.source", "attr.words", "", "Won", "attr.\0"])
def test_what_is_no_outcome_is_told(key):
    AttributeFactory(code="words", kind="text")
    with pytest.raises(Missing, match="is no outcome"):
        outcomes.decisions(key)


def test_no_decisions_at_all():
    assert len(outcomes.decisions("won")) == 0


def test_only_the_newest_are_read(monkeypatch):
    monkeypatch.setattr(outcomes, "MOST", 2)
    AttributeFactory(code="converted", kind="boolean")
    leads = leads_with([{"converted": True}] * 3)
    found = outcomes.decisions("attr.converted")
    assert found.lead_ids == [leads[1].pk, leads[2].pk]
    assert found.left_out == {"older than the newest 2": 1}
    assert isinstance(found.won, np.ndarray)


def test_the_moment_of_an_outcome_is_that_of_its_change():
    AttributeFactory(code="converted", kind="boolean")
    known, later = leads_with([{"converted": True}, {}])
    LeadAttributes.objects.filter(lead=later).update(values={"converted": False})
    assert set(outcomes.outcome_moments("attr.converted")) == {later.pk}
    assert known.pk in outcomes.decisions("attr.converted").lead_ids
