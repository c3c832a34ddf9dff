"""Which decisions of sales reach whom in marketing, and until when they are answered."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts import roles
from accounts.models import Absence
from handoff import agreements
from handoff.models import Decision, Handoff
from leads.perform import perform, perform_many
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db


def the_decision(lead, name):
    return Decision.objects.get(event__lead=lead, event__name=name)


def test_a_rejection_reaches_who_handed_off_and_is_answered_in_time():
    ivana, rep, now = UserFactory(), RepFactory(), timezone.now()
    story.agreement_in_force(answer_hours=5)
    lead = story.handed_off(by=ivana, to=rep)
    perform(lead, "reject", by=rep, now=now, reason="low_intent")
    found = the_decision(lead, "reject")
    assert (found.marketer, found.decided_at) == (ivana, now)
    assert found.due_at == now + timedelta(hours=5)
    assert found.answered_at is None


def test_the_one_who_handed_off_counts_and_not_who_approved():
    approved, handed, rep = UserFactory(), UserFactory(), RepFactory()
    lead = perform(story.an_mql(by=approved), "hand_off", by=handed, to_user=rep)
    perform(lead, "reject", by=rep, reason="low_intent")
    assert the_decision(lead, "reject").marketer == handed


def test_an_automatic_handoff_reaches_who_approved_the_cycle():
    ivana, rep = UserFactory(), RepFactory()
    lead = perform(story.an_mql(by=ivana), "hand_off", by=None, to_user=rep)
    perform(lead, "reject", by=rep, reason="low_intent")
    assert the_decision(lead, "reject").marketer == ivana


def test_what_the_system_did_alone_is_everybodys_and_still_answered():
    story.agreement_in_force()
    rep = RepFactory()
    lead = story.a_lead()
    perform(lead, "qualify", by=None)
    perform(lead, "hand_off", by=None, to_user=rep)
    perform(lead, "reject", by=rep, reason="low_intent")
    found = the_decision(lead, "reject")
    assert found.marketer is None
    assert found.due_at


def test_good_news_and_a_lost_deal_ask_for_no_answer():
    won, lost = story.an_sql(), story.an_sql()
    perform(won, "win", by=won.owner, amount=100)
    perform(lost, "lose", by=lost.owner, reason="price")
    names = list(Decision.objects.values_list("event__name", flat=True).order_by("pk"))
    assert names == ["accept", "qualify_sales"] * 2 + ["win", "lose"]
    assert not Decision.objects.exclude(due_at=None).exists()


@pytest.mark.parametrize("name", ["recycle", "disqualify"])
def test_what_is_given_back_after_acceptance_is_answered_too(name):
    lead = story.accepted()
    reason = {"recycle": "no_budget", "disqualify": "suspect"}[name]
    perform(lead, name, by=lead.owner, reason=reason)
    assert the_decision(lead, name).due_at


def test_who_was_sent_on_to_a_colleague_asks_for_no_answer():
    team = TeamFactory()
    rep, _colleague = RepFactory(team=team), RepFactory(team=team)
    lead = story.handed_off(to=rep)
    perform(lead, "reject", by=rep, reason="misrouted")
    assert the_decision(lead, "reject").due_at is None


def test_marketing_owes_itself_no_answer_and_hears_nothing_of_its_own_triage():
    manager = UserFactory(role=roles.MARKETING_MANAGER)
    lead = story.handed_off(by=manager)
    perform(lead, "disqualify", by=manager, reason="spam")
    assert the_decision(lead, "disqualify").due_at is None
    perform(story.an_mql(), "recycle", by=UserFactory(), reason="low_intent")
    assert Decision.objects.count() == 1


def test_an_undo_takes_the_decision_back_and_the_next_one_counts():
    rep = RepFactory()
    lead = story.handed_off(to=rep)
    perform(lead, "reject", by=rep, reason="low_intent")
    perform(lead, "undo", by=rep)
    assert not Decision.objects.exists()
    perform(lead, "reject", by=rep, reason="spam")
    assert the_decision(lead, "reject").event.reason == "spam"


def test_an_undone_handoff_is_not_who_sent_it():
    ivana, jonas, rep = UserFactory(), UserFactory(), RepFactory()
    lead = story.handed_off(by=jonas, to=rep)
    perform(lead, "undo", by=jonas)
    perform(lead, "hand_off", by=ivana, to_user=rep)
    perform(lead, "reject", by=rep, reason="low_intent")
    assert the_decision(lead, "reject").marketer == ivana


def test_a_decision_keeps_the_hours_of_the_agreement_that_its_handoff_was_made_under():
    rep, now = RepFactory(), timezone.now()
    story.agreement_in_force(answer_hours=5)
    lead = story.handed_off(to=rep)
    story.signed(agreements.duplicate(agreements.in_force()))
    assert Handoff.objects.get(lead=lead).agreement != agreements.in_force()
    perform(lead, "reject", by=rep, now=now, reason="low_intent")
    assert the_decision(lead, "reject").due_at == now + timedelta(hours=5)


def test_an_answer_is_due_in_working_time_of_the_marketer():
    """Rejected on Friday at 16:00 in Sofia, with four hours: on Monday at 11:00."""
    calendar = WorkCalendarFactory(time_zone="Europe/Sofia")
    ivana, rep = UserFactory(calendar=calendar), RepFactory()
    friday = datetime(2026, 5, 22, 16, tzinfo=ZoneInfo("Europe/Sofia"))
    story.agreement_in_force(now=friday - timedelta(days=1), answer_hours=4)
    lead = story.handed_off(by=ivana, to=rep, now=friday - timedelta(hours=1))
    perform(lead, "reject", by=rep, now=friday, reason="low_intent")
    due_at = the_decision(lead, "reject").due_at
    assert due_at.astimezone(friday.tzinfo) == datetime(2026, 5, 25, 11, tzinfo=friday.tzinfo)


@pytest.mark.parametrize("alone", [True, False], ids=["by the system", "by a marketer"])
def test_who_has_no_calendar_answers_in_the_hours_of_the_agreement(alone):
    friday, rep = datetime(2026, 5, 22, 16, tzinfo=ZoneInfo("Europe/Warsaw")), RepFactory()
    begun = friday - timedelta(days=1)
    story.agreement_in_force(now=begun, answer_hours=4, calendar=WorkCalendarFactory())
    lead, by = story.a_lead(), None if alone else UserFactory()
    perform(lead, "qualify", by=by, now=begun)
    perform(lead, "hand_off", by=by, now=begun, to_user=rep)
    perform(lead, "reject", by=rep, now=friday, reason="low_intent")
    due_at = the_decision(lead, "reject").due_at
    assert due_at.astimezone(friday.tzinfo) == datetime(2026, 5, 25, 11, tzinfo=friday.tzinfo)


def test_who_never_works_answers_around_the_clock():
    now, rep = timezone.now(), RepFactory()
    ivana = UserFactory(calendar=WorkCalendarFactory())
    Absence.objects.create(user=ivana, starts_at=now, ends_at=now + timedelta(days=2000))
    lead = story.handed_off(by=ivana, to=rep)
    perform(lead, "reject", by=rep, now=now, reason="low_intent")
    hours = agreements.in_force().answer_hours
    assert the_decision(lead, "reject").due_at == now + timedelta(hours=hours)


def test_a_batch_costs_the_same_queries_as_one(django_assert_max_num_queries):
    rep = RepFactory()
    leads = [story.handed_off(to=rep) for _ in range(11)]

    def reject(some):
        with django_assert_max_num_queries(40) as asked:
            perform_many(some, "reject", by=rep, reason="low_intent")
        return len(asked)

    reject(leads[:1])
    assert reject(leads[1:2]) == reject(leads[2:])
    assert Decision.objects.count() == 11
