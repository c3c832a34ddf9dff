"""Who raises a hand again comes back: lost and disqualified to review, customers to their owner."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from accounts.models import Absence
from handoff import judging, starters
from leads.models import Company, Cycle, Lead, LeadEvent
from leads.perform import perform
from leads.timeline import timeline
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(days=40)


def at_once(yes):
    """An agreement in force by which a raised hand goes to sales at once, or is reviewed."""
    draft = starters.load("b2b_software")
    draft.paths.filter(kind="hand_raise").update(at_once=yes)
    story.signed(draft, now=NOW - timedelta(days=1))


def disqualified(reason="spam", **fields):
    lead = story.an_mql(now=NOW, **fields)
    return perform(lead, "disqualify", by=UserFactory(), now=NOW, reason=reason)


def a_customer(**fields):
    rep = RepFactory()
    lead = story.an_sql(by=rep, now=NOW, **fields)
    return perform(lead, "win", by=rep, now=NOW, amount=9000)


def raise_hand(lead, now=LATER, **fields):
    ActivityFactory(lead=lead, kind="demo_request", happened_at=now, **fields)
    judging.judge_stale(now)
    return Lead.objects.get(pk=lead.pk)


def test_a_disqualified_lead_comes_back_to_review():
    lead = raise_hand(disqualified())
    assert (lead.stage, lead.owner) == ("mql", None)
    assert lead.due_at == LATER + timedelta(hours=24)
    assert list(Cycle.objects.order_by("number").values_list("origin", "outcome")) == [
        ("marketer", "disqualified"),
        ("hand_raise", "open"),
    ]


def test_a_lost_lead_comes_back_to_review():
    at_once(False)
    rep = RepFactory()
    lead = story.an_sql(by=rep, now=NOW)
    lead = perform(lead, "lose", by=rep, now=NOW, reason="price")
    assert raise_hand(lead).stage == "mql"


def test_a_customer_comes_back_to_the_owner_of_the_account():
    owner = RepFactory()
    lead = raise_hand(a_customer(company=CompanyFactory(owner=owner)))
    assert (lead.stage, lead.owner) == ("handed_off", owner)
    assert lead.handoffs.get(state="pending").why == "account owner"


@pytest.mark.parametrize("gone", [True, False])
def test_a_customer_without_an_owner_comes_back_to_review(gone):
    at_once(False)
    owner = RepFactory(is_active=False) if gone else None
    assert raise_hand(a_customer(company=CompanyFactory(owner=owner))).stage == "mql"


def test_a_hand_that_was_raised_before_brings_nobody_back():
    lead = story.an_mql(now=NOW)
    ActivityFactory(lead=lead, kind="demo_request", happened_at=NOW)
    lead = perform(
        lead, "disqualify", by=UserFactory(), now=NOW + timedelta(minutes=5), reason="spam"
    )
    judging.judge_stale(NOW + timedelta(days=1))
    assert Lead.objects.get(pk=lead.pk).stage == "disqualified"


def test_a_note_of_ours_raises_no_hand_again():
    lead = story.an_mql(now=NOW)
    ActivityFactory(lead=lead, kind="demo_request", happened_at=NOW)
    lead = perform(
        lead, "disqualify", by=UserFactory(), now=NOW + timedelta(minutes=5), reason="spam"
    )
    soon = NOW + timedelta(hours=1)
    ActivityFactory(lead=lead, kind="note", happened_at=soon, by=RepFactory())
    judging.judge_stale(soon)
    assert Lead.objects.get(pk=lead.pk).stage == "disqualified"


@pytest.mark.parametrize("why", ["no seller", "away"])
def test_a_customer_whose_owner_cannot_take_it_goes_where_routing_says(why):
    at_once(True)
    lead = a_customer()
    owner = RepFactory() if why == "away" else UserFactory(role=roles.CUSTOMER_SUCCESS)
    if why == "away":
        Absence.objects.create(user=owner, starts_at=NOW, ends_at=LATER + timedelta(days=9))
    Company.objects.filter(pk=lead.company_id).update(owner=owner)
    lead = raise_hand(lead)
    assert lead.stage == "handed_off"
    assert lead.owner not in (None, owner)


def test_new_points_are_no_raised_hand():
    lead = disqualified()
    ActivityFactory(lead=lead, kind="page_view", happened_at=LATER)
    judging.judge_stale(LATER)
    assert Lead.objects.get(pk=lead.pk).stage == "disqualified"


@pytest.mark.parametrize("why", ["suppressed", "vetoed", "a bot"])
def test_these_do_not_come_back(why):
    lead = disqualified("do_not_contact" if why == "suppressed" else "suspect")
    if why == "vetoed":
        lead.company.relationship = "competitor"
        lead.company.save()
    lead = raise_hand(lead, actor_class="bot" if why == "a bot" else "human")
    assert lead.stage == "disqualified"


def test_a_path_that_hands_off_at_once_skips_the_review():
    at_once(True)
    lead, rep = disqualified(), RepFactory()
    lead = raise_hand(lead)
    assert (lead.stage, lead.owner) == ("handed_off", rep)
    assert Cycle.objects.get(lead=lead, outcome="open").origin == "hand_raise"


def test_the_timeline_tells_why_a_customer_came_back():
    owner = RepFactory(first_name="Elin", last_name="Sjöberg")
    lead = raise_hand(a_customer(company=CompanyFactory(owner=owner)))
    told = [moment.title for moment in timeline(lead.pk).moments]
    assert told[:3] == [
        "MQL → Handed off, by the system",
        "Customer → MQL, by the system",
        "Asked for a demo /pricing",
    ]


def test_it_happens_once():
    lead = raise_hand(disqualified())
    judging.judge_stale(LATER)
    assert LeadEvent.objects.filter(lead=lead, name="reengage").count() == 1
