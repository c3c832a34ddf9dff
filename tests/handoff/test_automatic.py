"""Grades that both managers signed as automatic go to sales without a review, a few a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import judging, starters
from handoff.models import Handoff
from leads.models import Cycle, Lead
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def agreement():
    draft = starters.load("b2b_software")
    draft.matrix.filter(grade="A1").update(action="automatic")
    draft.automatic_cap = 2
    draft.save()
    return story.signed(draft, now=NOW - timedelta(days=30))


@pytest.fixture
def rep():
    return RepFactory()


def an_a1(now=NOW, clicks=0, **fields):
    company = CompanyFactory(industry="Manufacturing", employees=400)
    lead = LeadFactory(**{"job_title": "Head of Energy", "company": company} | fields)
    for kind in ["webinar"] * 2 + ["download"] * 2 + ["email_reply"] + ["email_click"] * clicks:
        ActivityFactory(lead=lead, kind=kind, happened_at=now)
    return lead


def stages(leads):
    found = dict(Lead.objects.values_list("pk", "stage"))
    return [found[lead.pk] for lead in leads]


def test_an_automatic_grade_goes_to_sales_at_once(rep):
    lead = an_a1()
    judging.judge_stale(NOW)
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.owner) == ("handed_off", rep)
    assert lead.due_at == NOW + timedelta(hours=4)
    assert Handoff.objects.get().event.actor is None
    assert Cycle.objects.get().handoffs == 1


def test_other_grades_wait_for_a_review(rep):
    lead = LeadFactory(company=CompanyFactory(), on_target_list=True, consent_basis="consent")
    judging.judge_stale(NOW)
    assert stages([lead]) == ["mql"]


def test_after_so_many_a_day_the_rest_waits_and_the_best_go_first(rep):
    leads = [an_a1(clicks=clicks) for clicks in (0, 3, 1, 2)]
    judging.judge_stale(NOW)
    assert stages(leads) == ["mql", "handed_off", "mql", "handed_off"]
    more = an_a1(clicks=4)
    judging.judge_stale(NOW)
    assert stages([more]) == ["mql"]


def test_the_next_day_has_room_again(rep):
    for _ in range(2):
        an_a1()
    judging.judge_stale(NOW)
    lead = an_a1(NOW + timedelta(days=1))
    judging.judge_stale(NOW + timedelta(days=1))
    assert stages([lead]) == ["handed_off"]


def test_what_people_hand_off_takes_no_room(rep):
    for _ in range(2):
        story.handed_off(to=rep, now=NOW)
    lead = an_a1()
    judging.judge_stale(NOW)
    assert stages([lead]) == ["handed_off"]


@pytest.mark.parametrize("lacks", [{"phone": ""}, {"country": ""}])
def test_who_lacks_data_waits_for_a_review(rep, lacks):
    lead = an_a1(**lacks)
    judging.judge_stale(NOW)
    assert stages([lead]) == ["mql"]


def test_without_anybody_in_sales_it_waits_for_a_review():
    lead = an_a1()
    judging.judge_stale(NOW)
    assert stages([lead]) == ["mql"]
