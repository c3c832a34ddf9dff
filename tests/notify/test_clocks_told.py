"""Whom the sweep of the clocks tells, and what; however often it runs, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER, SALES_MANAGER
from handoff import breaches, overdue
from handoff.models import QualifyingPath
from leads.lifecycle import MQL
from leads.models import Cycle, Lead
from leads.perform import perform
from notify.models import Notice
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now() - timedelta(hours=5)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW, decide_hours=4, review_hours=4, touch_minutes=60)


@pytest.fixture
def tomas():
    return RepFactory(first_name="Tomáš", last_name="Novák")


@pytest.fixture
def sweep(django_capture_on_commit_callbacks):
    def swept(*minutes):
        Notice.objects.all().delete()
        for some in minutes:
            for look in (breaches.sweep, overdue.sweep):
                with django_capture_on_commit_callbacks(execute=True):
                    look(NOW + some * MINUTE)
        return sorted(Notice.objects.exclude(kind="offered").values_list("kind", "text"))

    return swept


def a_lead(rep, kind):
    lead = story.an_mql(now=NOW, first_name="Anke", last_name="Brandt")
    return perform(lead, "hand_off", by=UserFactory(), now=NOW, to_user=rep, kind=kind)


def test_a_breach_is_told_to_the_sales_manager_once(tomas, sweep):
    RepFactory(team=tomas.team)
    a_lead(tomas, "other")
    words = "Tomáš Novák did not decide about Anke Brandt in the time agreed."
    assert sweep(240, 240, 241) == [("breached", words)]
    assert Notice.objects.get(kind="breached").user.groups.get().name == SALES_MANAGER
    assert Notice.objects.filter(kind="offered").count() == 1  # to who gets it now


def test_a_warning_goes_to_the_receiver_once(tomas, sweep):
    a_lead(tomas, "other")
    words = "50 % of the time to decide about Anke Brandt has passed."
    assert sweep(120, 121) == [("warned", words)]
    assert Notice.objects.get().user == tomas


def test_a_hand_raise_that_nobody_called_is_told_as_such(tomas, sweep):
    lead = a_lead(tomas, "hand_raise")
    perform(lead, "accept", by=tomas, now=NOW, discovery_at=NOW + timedelta(days=1))
    assert sweep(50) == [("warned", "80 % of the time to call Anke Brandt has passed.")]
    words = "Tomáš Novák did not call Anke Brandt in the time agreed."
    assert sweep(60, 61) == [("breached", words)]


def test_a_review_that_is_over_is_told_to_the_marketing_manager(sweep):
    story.an_mql(now=NOW, first_name="Anke", last_name="Brandt")
    words = "Anke Brandt has waited for its review longer than agreed."
    assert sweep(240, 241) == [("breached", words)]
    assert Notice.objects.get().user.groups.get().name == MARKETING_MANAGER


def test_a_hand_raise_in_no_inbox_alarms_the_managers_of_both_sides(sweep):
    assert QualifyingPath.objects.filter(kind="hand_raise", at_once=True).exists()
    story.an_mql(now=NOW, first_name="Anke", last_name="Brandt")
    Cycle.objects.update(origin=Cycle.Origin.HAND_RAISE)
    assert Lead.objects.get().stage == MQL
    words = "Anke Brandt asked to be contacted and is in nobody’s inbox."
    assert sweep(1, 2) == [("breached", words)] * 2
    roles = Notice.objects.values_list("user__groups__name", flat=True)
    assert set(roles) == {MARKETING_MANAGER, SALES_MANAGER}
