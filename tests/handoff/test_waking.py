"""Nurture ends: on its date a lead comes back, to the rep who heard the date or to review."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Team, User
from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import judging, waking
from handoff.models import Agreement, Handoff
from handoff.tasks import wake_due
from leads.models import Cycle, Lead
from leads.perform import perform
from leads.refusals import Missing
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
def test_a_dated_lead_whose_rep_is_gone_goes_to_a_colleague(change):
    rep, colleague = RepFactory(), RepFactory()
    lead = rejected(rep=rep)
    User.objects.filter(pk=rep.pk).update(**change)
    Team.objects.filter(pk=colleague.team_id).update(countries=["DE"])
    waking.wake_due(IN_MAY)
    assert (fresh(lead).stage, fresh(lead).owner) == ("handed_off", colleague)


def test_a_dated_lead_whose_rep_is_absent_goes_to_a_colleague():
    rep = RepFactory()
    colleague = RepFactory(team=rep.team)
    lead = rejected(rep=rep)
    day = timedelta(days=1)
    Absence.objects.create(user=rep, starts_at=IN_MAY - day, ends_at=IN_MAY + day)
    waking.wake_due(IN_MAY)
    assert (fresh(lead).stage, fresh(lead).owner) == ("handed_off", colleague)


def test_a_dated_lead_for_whom_sales_has_nobody_waits_in_review():
    rep = RepFactory()
    lead = rejected(rep=rep)
    User.objects.filter(pk=rep.pk).update(is_active=False)
    waking.wake_due(IN_MAY)
    assert fresh(lead).stage == "mql"


def test_a_date_that_a_manager_set_leads_back_to_the_rep_who_had_the_lead():
    rep, claire = RepFactory(), UserFactory(role=SALES_MANAGER)
    lead = story.accepted(by=rep, now=NOW)
    perform(lead, "recycle", by=claire, now=NOW, reason="bad_timing", until=IN_MAY)
    waking.wake_due(IN_MAY)
    assert (fresh(lead).stage, fresh(lead).owner) == ("handed_off", rep)


@pytest.mark.parametrize("name", ["reject", "recycle"])
def test_nobody_nurtures_longer_than_agreed(name):
    story.agreement_in_force(now=NOW, longest_nurture_days=100)
    rep = RepFactory()
    lead = (story.handed_off if name == "reject" else story.accepted)(**RECEIVER[name](rep))
    with pytest.raises(Missing, match="At most 100 days away") as refused:
        perform(lead, name, by=rep, now=NOW, reason="bad_timing", until=in_days(101))
    assert refused.value.field == "until"
    moved = perform(lead, name, by=rep, now=NOW, reason="bad_timing", until=in_days(100))
    assert moved.stage == "nurture"


RECEIVER = {
    "reject": lambda rep: {"to": rep, "now": NOW},
    "recycle": lambda rep: {"by": rep, "now": NOW},
}


def test_on_the_day_it_stands_in_the_inbox_with_the_old_note_and_its_second_cycle(client):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    lead = story.accepted(by=rep)
    client.force_login(rep)
    until = timezone.localdate() + timedelta(days=120)
    said = {"reason": "bad_timing", "until": until, "note": "Board meets in spring"}
    client.post(reverse("leads:act", args=[lead.pk, "recycle"]), said)
    assert fresh(lead).stage == "nurture"
    with time_machine.travel(datetime.combine(until, time(8, 59), UTC), tick=False):
        wake_due.delay()
        assert fresh(lead).stage == "nurture"
    with time_machine.travel(datetime.combine(until, time(9, 1), UTC), tick=False):
        wake_due.delay()
        client.force_login(rep)
        page = client.get(reverse("handoff:inbox")).content.decode()
    assert "Elin Sjöberg on" in page
    assert "Board meets in spring" in page
    assert "Cycle 2" in page
    cycles = Cycle.objects.filter(lead=lead).order_by("number")
    assert list(cycles.values_list("number", "origin", "outcome")) == [
        (1, "marketer", "recycled"),
        (2, "recycled", "open"),
    ]


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
