"""Nurture ends: on its date a lead comes back, to the rep who heard the date or to review."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER
from handoff import judging, waking
from handoff.models import Agreement, Handoff
from handoff.tasks import wake_due
from leads.models import Cycle, Lead
from leads.perform import perform
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
IN_MAY = NOW + timedelta(days=160)


def in_days(days):
    return NOW + timedelta(days=days)


def rejected(reason="bad_timing", rep=None, **said):
    if reason == "bad_timing":
        said = {"until": IN_MAY} | said
    lead = story.handed_off(to=rep or RepFactory(), now=NOW)
    return perform(lead, "reject", by=lead.owner, now=NOW, reason=reason, **said)


def fresh(lead):
    return Lead.objects.get(pk=lead.pk)


def test_a_dated_lead_goes_back_to_the_rep_who_heard_the_date():
    rep = RepFactory()
    lead = rejected(rep=rep, note="Contract ends in May.")
    assert waking.wake_due(in_days(159)) == []
    assert waking.wake_due(IN_MAY) == [lead]
    lead = fresh(lead)
    assert (lead.stage, lead.owner) == ("handed_off", rep)
    assert lead.due_at == IN_MAY + timedelta(hours=24)
    assert Handoff.objects.get(lead=lead, state="pending").why == "asked to come back to you"
    first, second = Cycle.objects.filter(lead=lead).order_by("number")
    assert (first.outcome, second.outcome, second.origin) == ("rejected", "open", "recycled")


def test_a_recycled_lead_goes_back_to_its_owner_on_the_date_that_was_said():
    rep = RepFactory()
    lead = story.accepted(by=rep, now=NOW)
    perform(lead, "recycle", by=rep, now=NOW, reason="bad_timing", until=IN_MAY)
    waking.wake_due(IN_MAY)
    assert (fresh(lead).stage, fresh(lead).owner) == ("handed_off", rep)


def test_an_undated_lead_comes_back_to_review():
    lead = rejected("no_authority")
    waking.wake_due(in_days(14))
    lead = fresh(lead)
    assert (lead.stage, lead.owner, lead.team) == ("mql", None, None)
    assert lead.due_at == in_days(14) + timedelta(hours=24)
    assert Cycle.objects.filter(lead=lead, origin="recycled", outcome="open").exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"team": None}])
def test_a_lead_whose_rep_is_gone_comes_back_to_review(change):
    rep = RepFactory()
    lead = rejected(rep=rep)
    type(rep).objects.filter(pk=rep.pk).update(**change)
    waking.wake_due(IN_MAY)
    assert fresh(lead).stage == "mql"


def test_a_date_set_by_marketing_leads_to_review():
    marketer = UserFactory()
    lead = story.an_mql(by=marketer, now=NOW)
    perform(lead, "recycle", by=marketer, now=NOW, reason="bad_timing", until=IN_MAY)
    waking.wake_due(IN_MAY)
    assert fresh(lead).stage == "mql"


def test_a_dated_lead_that_lacks_data_waits_in_review():
    lead = rejected()
    Lead.objects.filter(pk=lead.pk).update(phone="")
    waking.wake_due(IN_MAY)
    assert fresh(lead).stage == "mql"


def test_a_lead_that_waits_for_activities_is_looked_at_again():
    lead = rejected("low_intent")
    assert waking.wake_due(in_days(90)) == []
    assert fresh(lead).due_at == in_days(120)
    ActivityFactory(lead=lead, happened_at=in_days(100))
    assert waking.wake_due(in_days(119)) == []
    assert waking.wake_due(in_days(120)) == [lead]


def test_who_asked_not_to_be_contacted_never_wakes():
    lead = rejected("no_authority")
    Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
    assert waking.wake_due(in_days(14)) == []
    assert fresh(lead).due_at > in_days(14)


def test_a_fourth_cycle_does_not_begin_by_itself():
    lead = rejected("no_authority")
    for days in (20, 40):
        lead = perform(lead, "qualify", by=UserFactory(), now=in_days(days))
        lead = perform(lead, "hand_off", by=None, now=in_days(days), to_user=RepFactory())
        rep = lead.owner
        lead = perform(lead, "reject", by=rep, now=in_days(days), reason="no_authority")
    assert waking.wake_due(in_days(60)) == []
    assert fresh(lead).due_at == in_days(90)


def test_without_an_agreement_in_force_everybody_sleeps():
    lead = rejected("no_authority")
    Agreement.objects.update(status="superseded")
    assert waking.wake_due(in_days(14)) == []
    assert fresh(lead).due_at == in_days(14)


def test_waking_twice_wakes_once():
    rejected("no_authority")
    assert len(waking.wake_due(in_days(14))) == 1
    assert waking.wake_due(in_days(14)) == []


def test_more_than_a_batch_wakes(monkeypatch):
    monkeypatch.setattr(waking, "SOME", 2)
    leads = [rejected("no_authority") for _ in range(5)]
    assert len(waking.wake_due(in_days(14))) == len(leads)


def test_the_scheduler_rings():
    lead = rejected("no_authority")
    Lead.objects.filter(pk=lead.pk).update(
        due_at=NOW - timedelta(days=1), hold_until=NOW - timedelta(days=1)
    )
    wake_due.delay()
    assert fresh(lead).stage == "mql"


def test_who_was_woken_stays_in_review_until_somebody_decides():
    story.agreement_in_force(now=NOW)
    lead, manager = LeadFactory(), UserFactory(role=MARKETING_MANAGER)
    perform(lead, "qualify", by=manager, now=NOW, reason="met their board")
    perform(lead, "recycle", by=manager, now=NOW, reason="no_budget")
    later = NOW + timedelta(days=100)
    waking.wake_due(later)
    judging.tick()
    judging.judge_stale(later)
    assert Lead.objects.get().stage == "mql"
    Lead.objects.update(country="US")  # not served
    judging.judge_stale(later)
    assert Lead.objects.get().stage == "unqualified"
