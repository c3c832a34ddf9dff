"""Who is told of what: once, never of one's own deeds, and not of what was undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from handoff.answering import answer, settle
from handoff.models import Handoff
from leads.models import LeadEvent
from leads.noting import note_event
from leads.perform import perform
from notify import reactions
from notify.models import Notice
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivana():
    return UserFactory(first_name="Ivana", last_name="Petrova")


@pytest.fixture
def tomas():
    return RepFactory(first_name="Tomáš", last_name="Novák")


@pytest.fixture
def claire():
    return UserFactory(role=roles.SALES_MANAGER, first_name="Claire", last_name="Dubois")


def told(*names):
    """React to all events of these names, and return {(user, kind): text}."""
    ids = LeadEvent.objects.filter(name__in=names).order_by("pk").values_list("pk", flat=True)
    reactions.tell(list(ids), now=timezone.now())
    return {(one.user, one.kind): one.text for one in Notice.objects.select_related("user")}


def dispute(lead, by):
    event = lead.events.get(name="reject")
    answer(event.pk, "dispute", note="They asked for a quote.", by=by, now=timezone.now())
    return event


def test_an_offer_is_told_to_its_receiver(ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas, first_name="Anke", last_name="Brandt")
    text = "Ivana Petrova handed Anke Brandt off to you."
    assert told("hand_off") == {(tomas, "offered"): text}
    assert Notice.objects.get().url == f"/inbox/?lead={lead.pk}"


def test_the_next_receiver_is_told_and_the_one_before_is_not(ivana, tomas, claire):
    lead = story.handed_off(by=ivana, to=tomas, first_name="Anke", last_name="Brandt")
    lena = RepFactory()
    perform(lead, "reassign", by=claire, to_user=lena)
    text = "Claire Dubois reassigned Anke Brandt to you."
    assert told("reassign") == {(lena, "offered"): text}


def test_who_is_sent_on_as_misrouted_is_an_offer_to_the_next(ivana, tomas):
    lena = RepFactory(team=tomas.team)
    lead = story.handed_off(by=ivana, to=tomas, first_name="Anke", last_name="Brandt")
    perform(lead, "reject", by=tomas, reason="misrouted")
    assert told("reject") == {
        (lena, "offered"): "Tomáš Novák sent Anke Brandt on to you.",
        (ivana, "decided"): "Tomáš Novák rejected Anke Brandt: Misrouted.",
    }


def test_decisions_are_told_to_who_handed_off(ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas, first_name="Anke", last_name="Brandt")
    said = {"reason": "low_intent", "detail": "content_only", "note": "Wants the brochure."}
    perform(lead, "reject", by=tomas, **said)
    text = "Tomáš Novák rejected Anke Brandt: Low intent: content only. “Wants the brochure.”"
    assert told("reject") == {(ivana, "decided"): text}
    assert Notice.objects.get().url == f"/feedback/{lead.events.get(name='reject').pk}/"


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("recycle", {"reason": "no_budget"}, "gave Anke Brandt to nurture: No budget."),
        ("disqualify", {"reason": "spam"}, "disqualified Anke Brandt: Spam."),
    ],
)
def test_what_comes_of_a_sal_is_told_too(ivana, tomas, name, said, words):
    lead = story.accepted(by=tomas, first_name="Anke", last_name="Brandt")
    sender = lead.events.get(name="hand_off").actor
    perform(lead, name, by=tomas, **said)
    assert told(name) == {(sender, "decided"): f"Tomáš Novák {words}"}


def test_from_acceptance_to_won(tomas):
    lead = story.an_sql(by=tomas, first_name="Anke", last_name="Brandt")
    perform(lead, "win", by=tomas, amount=1000)
    sender = lead.events.get(name="hand_off").actor
    told("accept", "qualify_sales", "win")
    texts = Notice.objects.filter(user=sender).order_by("event").values_list("text", flat=True)
    assert list(texts) == [
        "Tomáš Novák accepted Anke Brandt.",
        "Tomáš Novák qualified Anke Brandt as SQL.",
        "Tomáš Novák won Anke Brandt.",
    ]


def test_nobody_is_told_of_what_they_did_themselves(claire):
    lead = story.handed_off(by=claire)
    perform(lead, "reject", by=claire, reason="low_intent")
    assert told("reject") == {}


def test_a_dispute_is_told_to_the_rep_and_to_who_settles_it(ivana, tomas, claire):
    lead = story.handed_off(by=ivana, to=tomas, first_name="Anke", last_name="Brandt")
    perform(lead, "reject", by=tomas, reason="low_intent")
    UserFactory(role=roles.MARKETING_MANAGER)
    UserFactory(role=roles.SALES_MANAGER, is_active=False)
    event = dispute(lead, ivana)
    found = told("disputed")
    assert {who for who, _kind in found if who != claire} == {tomas} | set(signers(claire))
    assert found[tomas, "answered"] == (
        "Ivana Petrova disputed what you decided about Anke Brandt. “They asked for a quote.”"
    )
    assert "settle it" in found[claire, "disputed"]
    urls = dict(Notice.objects.values_list("kind", "url"))
    assert urls == {
        "answered": lead.get_absolute_url(),
        "disputed": f"/feedback/{event.pk}/",
    }


def signers(but):
    """The sales managers that the story has made to sign the agreement."""
    return [one for one in but.groups.get().user_set.filter(is_active=True) if one.pk != but.pk]


def test_a_settlement_is_told_to_both_sides(ivana, tomas, claire):
    lead = story.handed_off(by=ivana, to=tomas, first_name="Anke", last_name="Brandt")
    perform(lead, "reject", by=tomas, reason="low_intent")
    event = dispute(lead, ivana)
    settle(event.pk, "upheld", note="Only a brochure.", by=claire, now=timezone.now())
    text = (
        "Claire Dubois settled the dispute about Anke Brandt: the decision stands."
        " “Only a brochure.”"
    )
    assert told("settled") == {(ivana, "settled"): text, (tomas, "settled"): text}


def test_a_warning_goes_to_the_receiver_and_a_breach_to_the_sales_managers(tomas):
    now = timezone.now()
    lead = story.handed_off(to=tomas, first_name="Anke", last_name="Brandt")
    handoff = Handoff.objects.get(lead=lead)
    details = {"handoff": handoff.pk, "percent": 80}
    note_event(lead, "warned", by=None, now=now, details=details)
    note_event(lead, "breached", by=None, now=now, details={"handoff": handoff.pk, "limit": "24 h"})
    (manager,) = signers(UserFactory(role=roles.SALES_MANAGER, is_active=False))
    assert told("warned", "breached") == {
        (tomas, "warned"): "80 % of the time to decide about Anke Brandt has passed.",
        (
            manager,
            "breached",
        ): "Tomáš Novák did not decide about Anke Brandt in the time agreed.",
    }


def test_the_clock_of_the_first_touch_warns_who_accepted_for_the_team(ivana):
    rep = RepFactory()
    lead = story.an_mql(by=ivana, first_name="Anke", last_name="Brandt")
    perform(lead, "hand_off", by=ivana, to_team=rep.team, offer_to_team=True)
    tomorrow = timezone.now() + timedelta(days=1)
    lead = perform(lead, "accept", by=rep, discovery_at=tomorrow)
    details = {"handoff": Handoff.objects.get().pk, "percent": 50, "clock": "first touch"}
    note_event(lead, "warned", by=None, now=timezone.now(), details=details)
    text = "50 % of the time to call Anke Brandt has passed."
    assert told("warned") == {(rep, "warned"): text}


def test_a_hand_raise_in_nobodys_inbox_goes_to_both_managers():
    lead = story.an_mql(first_name="Anke", last_name="Brandt")
    note_event(lead, "not_shown", by=None, now=timezone.now())
    found = told("not_shown")
    assert {who.groups.get().name for who, _kind in found} == {
        roles.MARKETING_MANAGER,
        roles.SALES_MANAGER,
    }
    assert set(found.values()) == {"Anke Brandt asked to be contacted and is in nobody’s inbox."}


def test_an_overdue_review_goes_to_the_marketing_managers():
    lead = story.an_mql(first_name="Anke", last_name="Brandt")
    note_event(lead, "review_overdue", by=None, now=timezone.now(), details={"limit": "24 h"})
    ((who, kind), text) = next(iter(told("review_overdue").items()))
    assert who.groups.get().name == roles.MARKETING_MANAGER
    assert (kind, text) == ("breached", "Anke Brandt has waited for its review longer than agreed.")


def test_a_warning_about_a_team_or_without_a_handoff_tells_nobody(tomas):
    lead = story.handed_off(to=tomas)
    for details in ({}, {"handoff": 0}, {"percent": 50}):
        note_event(lead, "warned", by=None, now=timezone.now(), details=details)
    assert told("warned") == {}
