"""An answer or a dispute, once; what comes of a dispute, and where the lead goes then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from handoff.answering import BACK, answer, settle
from handoff.models import Decision, Response
from leads.lifecycle import MQL, Stage
from leads.models import Cycle, Lead, LeadEvent
from leads.perform import perform
from leads.refusals import Conflict, Forbidden, Missing, Refusal
from leads.timeline import timeline
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOTE = "They asked for a quote on Monday."


@pytest.fixture
def claire():
    return UserFactory(role=roles.SALES_MANAGER, first_name="Claire", last_name="Dubois")


def rejected(**said):
    rep = RepFactory(first_name="Tomáš", last_name="Novák")
    lead = story.handed_off(to=rep)
    perform(lead, "reject", by=rep, **{"reason": "low_intent"} | said)
    return lead.events.get(name="reject")


def disputed(event, by=None):
    return answer(event.pk, "dispute", note=NOTE, by=by or UserFactory(), now=timezone.now())


def settled(event, by, settlement="returned", note="You are right, my mistake."):
    return settle(event.pk, settlement, note=note, by=by, now=timezone.now())


@pytest.mark.parametrize(
    ("kind", "name", "title"),
    [("answer", "answered", "Answered"), ("dispute", "disputed", "Disputed")],
)
def test_what_marketing_says_stands_in_the_timeline_and_moves_nothing(kind, name, title):
    event, ivana, now = rejected(), UserFactory(), timezone.now()
    answer(event.pk, kind, note=NOTE, by=ivana, now=now)
    said = LeadEvent.objects.get(name=name)
    assert (said.lead_id, said.actor, said.note, said.target) == (event.lead_id, ivana, NOTE, "")
    assert Lead.objects.get().stage == "nurture"
    assert Decision.objects.get().answered_at == now
    told = timeline(event.lead_id).moments[0]
    assert told.title == f"{title}, by {ivana}"
    assert told.lines == [f"“{NOTE}”"]


def test_an_answer_may_be_empty_and_a_dispute_may_not():
    with pytest.raises(Missing) as refused:
        answer(rejected().pk, "dispute", note="", by=UserFactory(), now=timezone.now())
    assert refused.value.field == "note"
    assert not Response.objects.exists()
    answer(rejected().pk, "answer", note="", by=UserFactory(), now=timezone.now())


def test_only_what_was_given_back_or_lost_can_be_disputed():
    lead = story.accepted()
    event = lead.events.get(name="accept")
    with pytest.raises(Refusal, match="given back or lost"):
        disputed(event)
    answer(event.pk, "answer", note="Thank you!", by=UserFactory(), now=timezone.now())


def test_one_answer_to_a_decision_and_the_second_is_told_whose():
    event, ivana = rejected(), UserFactory(first_name="Ivana", last_name="Petrova")
    disputed(event, by=ivana)
    with pytest.raises(Conflict, match="Ivana Petrova answered this"):
        answer(event.pk, "answer", note="", by=UserFactory(), now=timezone.now())


def test_a_decision_that_was_undone_meanwhile_is_answered_no_more():
    event = rejected()
    perform(event.lead, "undo", by=event.actor)
    with pytest.raises(Conflict, match="taken back"):
        disputed(event)


def test_a_decision_can_be_undone_although_it_was_answered_at_once(claire):
    event = rejected()
    disputed(event)
    perform(event.lead, "undo", by=event.actor)
    assert Lead.objects.get().stage == "handed_off"
    with pytest.raises(Conflict, match="taken back"):
        settled(event, claire)


def test_the_decision_stands(claire):
    event = rejected()
    disputed(event)
    settled(event, claire, "upheld", "They only read the blog.")
    assert Lead.objects.get().stage == "nurture"
    response = Response.objects.get()
    assert (response.settlement, response.settled_by) == ("upheld", claire)
    told = timeline(event.lead_id).moments[0]
    assert told.title == "Dispute settled, by Claire Dubois"
    assert told.lines == ["The decision stands", "“They only read the blog.”"]


@pytest.mark.parametrize(
    ("reason", "was"),
    [("low_intent", "nurture"), ("bad_data", "unqualified"), ("suspect", "disqualified")],
)
def test_back_to_review_by_transitions_that_there_are(claire, reason, was):
    event = rejected(reason=reason)
    assert event.target == was
    disputed(event)
    settled(event, claire)
    lead = Lead.objects.get()
    assert (lead.stage, lead.hold) == (MQL, "")
    cycle = Cycle.objects.get(lead=lead, outcome="open")
    assert (cycle.number, cycle.origin) == (2, "override")
    assert lead.events.filter(name="qualify", actor=claire, note="You are right, my mistake.")


def test_a_lost_deal_comes_back_too(claire):
    lead = story.an_sql()
    perform(lead, "lose", by=lead.owner, reason="price")
    event = lead.events.get(name="lose")
    disputed(event)
    settled(event, claire)
    assert Lead.objects.get().stage == MQL


def test_a_lead_in_review_again_only_needs_the_word(claire):
    event = rejected()
    disputed(event)
    manager = UserFactory(role=roles.MARKETING_MANAGER)
    perform(event.lead, "qualify", by=manager, reason="met again")
    settled(event, claire)
    assert LeadEvent.objects.filter(name="qualify").count() == 2
    assert Response.objects.get().settlement == "returned"


def test_from_sales_no_way_leads_back_and_nothing_is_half_done(claire):
    event = rejected()
    disputed(event)
    perform(event.lead, "claim", by=RepFactory(), discovery_at=timezone.now() + timedelta(days=1))
    with pytest.raises(Refusal, match="is SAL now"):
        settled(event, claire)
    assert Response.objects.get().settlement == ""
    settled(event, claire, "upheld")


def test_who_asked_not_to_be_contacted_never_comes_back(claire):
    event = rejected(reason="do_not_contact")
    disputed(event)
    with pytest.raises(Refusal, match="not to be contacted"):
        settled(event, claire)


def test_reopening_needs_what_the_agreement_asks_for(claire):
    """The only reason to reopen wants fifteen characters; the refusal says so, nothing moves."""
    event = rejected(reason="suspect")
    disputed(event)
    with pytest.raises(Missing) as refused:
        settled(event, claire, note="Sorry")
    assert refused.value.field == "note"
    assert Lead.objects.get().stage == "disqualified"


@pytest.mark.parametrize("role", [roles.MARKETER, roles.MARKETING_MANAGER, roles.REP])
def test_only_a_sales_manager_settles(role):
    event = rejected()
    disputed(event)
    with pytest.raises(Forbidden):
        settled(event, UserFactory(role=role), "upheld")


def test_nobody_settles_what_they_disputed(claire):
    event = rejected()
    disputed(event, by=claire)
    with pytest.raises(Forbidden):
        settled(event, claire, "upheld")
    settled(event, UserFactory(role=roles.SALES_MANAGER), "upheld")


def test_a_dispute_is_settled_once_and_an_answer_never(claire):
    event = rejected()
    disputed(event)
    settled(event, claire, "upheld")
    with pytest.raises(Conflict, match="Claire Dubois settled this"):
        settled(event, UserFactory(role=roles.SALES_MANAGER))
    other = rejected()
    answer(other.pk, "answer", note="", by=UserFactory(), now=timezone.now())
    with pytest.raises(Refusal, match="Nobody has disputed"):
        settled(other, claire)


def test_every_stage_has_a_way_back_or_is_with_sales():
    assert set(Stage) - set(BACK) == {Stage.HANDED_OFF, Stage.SAL, Stage.SQL, Stage.CUSTOMER}
