"""Until when a lead that was given back waits, and that nothing else brings it back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER
from handoff import judging
from leads.models import Cycle, Lead, StaleLead
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import ActivityFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW - timedelta(days=300))


def judge(now):
    return judging.judge_stale(now)


def stage(lead):
    return Lead.objects.get(pk=lead.pk).stage


def did(lead, kind, now=NOW, **fields):
    return ActivityFactory(lead=lead, kind=kind, happened_at=now, recorded_at=now, **fields)


def given_back(reason, **said):
    """Rejected, though it would qualify at once by its hand-raise."""
    lead = story.handed_off(now=NOW - timedelta(days=1))
    did(lead, "demo_request", NOW - timedelta(days=1))
    return perform(lead, "reject", by=lead.owner, now=NOW, reason=reason, **said)


def in_days(days):
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("bad_timing", {"until": NOW + timedelta(days=20)}),
        ("no_authority", {}),
        ("low_intent", {}),
        ("bad_data", {}),
        ("do_not_contact", {}),
    ],
)
def test_the_system_never_qualifies_a_held_lead(reason, said):
    lead = given_back(reason, **said)
    before = stage(lead)
    StaleLead.objects.create(lead_id=lead.pk)
    judge(in_days(1))
    assert stage(lead) == before
    assert Cycle.objects.get(lead=lead).outcome in ("rejected", "disqualified")


def test_new_activities_do_not_shorten_a_date():
    lead = given_back("bad_timing", until=in_days(20))
    did(lead, "demo_request", in_days(5))
    judge(in_days(5))
    assert stage(lead) == "nurture"
    with pytest.raises(Refusal, match="On hold: a date"):
        perform(lead, "qualify", by=UserFactory(), now=in_days(5))


def test_a_date_that_has_come_ends_the_hold():
    lead = given_back("no_authority")
    did(lead, "email_click", in_days(15))
    judge(in_days(15))
    assert stage(lead) == "mql"
    assert Cycle.objects.filter(lead=lead).count() == 2


def test_new_activities_end_a_hold_on_points():
    lead = given_back("low_intent")
    did(lead, "page_view", in_days(2), actor_class="bot")
    judge(in_days(2))
    assert stage(lead) == "nurture"
    did(lead, "page_view", in_days(3))
    judge(in_days(3))
    assert stage(lead) == "mql"


def test_fixed_data_end_a_hold_on_data():
    lead = given_back("bad_data")
    did(lead, "page_view", in_days(1))
    Lead.objects.filter(pk=lead.pk).update(city="Hamm")
    judge(in_days(1))
    assert stage(lead) == "unqualified"
    _tick(in_days(2))
    Lead.objects.filter(pk=lead.pk).update(phone="+49 561 555 7788")
    judge(in_days(2))
    assert stage(lead) == "mql"


def test_for_ever_is_for_ever():
    lead = given_back("do_not_contact")
    did(lead, "demo_request", in_days(900))
    judge(in_days(900))
    assert stage(lead) == "disqualified"


def test_a_fourth_cycle_needs_a_manager():
    lead = story.a_lead()
    for _ in range(3):
        lead = perform(lead, "qualify", by=UserFactory(), now=NOW)
        lead = perform(lead, "hand_off", by=None, now=NOW, to_user=RepFactory())
        lead = perform(lead, "reject", by=lead.owner, now=NOW, reason="low_intent")
        did(lead, "demo_request", NOW + timedelta(seconds=1))
    judge(in_days(1))
    assert stage(lead) == "nurture"
    with pytest.raises(Refusal, match="3 cycles already: ask a manager"):
        perform(lead, "qualify", by=UserFactory(), now=in_days(1))
    manager = UserFactory(role=MARKETING_MANAGER)
    perform(lead, "qualify", by=manager, now=in_days(1), reason="asked for it himself")
    assert Cycle.objects.filter(lead=lead).count() == 4


def test_time_alone_ends_a_hold():
    lead = story.a_lead(on_target_list=True, consent_basis="Fair")
    lead = perform(lead, "qualify", by=UserFactory(), now=NOW)
    said = {"reason": "other", "note": "Moves house this month.", "until": in_days(9)}
    perform(lead, "demote", by=UserFactory(), now=NOW, **said)
    for days, expected in ((8, "unqualified"), (9, "mql")):
        judging.tick()
        judge(in_days(days))
        assert stage(lead) == expected


def _tick(now):
    """The simulated clock of the database's own triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadops.now', %s, true)", [now.isoformat()])
