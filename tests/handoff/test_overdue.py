"""A review that is over and a hand-raise in nobody's inbox are said once, and demote nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import MARKETING_MANAGER
from handoff import overdue, starters
from handoff.judging import judge_stale
from handoff.models import ReviewEntry
from leads.models import Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def agreement():
    draft = starters.load("b2b_software")
    draft.paths.filter(kind="hand_raise").update(at_once=True)
    return story.signed(draft, now=NOW - DAY)


def said(name="review_overdue"):
    return list(LeadEvent.objects.filter(name=name).values_list("lead", flat=True))


def a_hand_raise():
    """In review, because what sales wants is missing."""
    lead = LeadFactory(phone="", company=CompanyFactory())
    ActivityFactory(lead=lead, kind="demo_request", happened_at=NOW)
    judge_stale(NOW)
    return Lead.objects.get(pk=lead.pk, stage="mql")


def test_a_review_that_is_over_is_said_once_and_demotes_nobody():
    lead = story.an_mql(now=NOW)
    for at in (23 * HOUR, 24 * HOUR, 24 * HOUR, 3 * DAY):
        overdue.sweep(NOW + at)
    assert said() == [lead.pk]
    event = LeadEvent.objects.get(name="review_overdue")
    assert (event.happened_at, event.actor, event.target) == (NOW + DAY, None, "")
    assert Lead.objects.get().stage == "mql"


def test_the_next_time_in_review_has_a_date_of_its_own():
    lead = story.an_mql(now=NOW)
    overdue.sweep(NOW + DAY)
    marketer = UserFactory()
    perform(lead, "hand_off", by=marketer, now=NOW + DAY, to_user=RepFactory())
    overdue.sweep(NOW + 3 * DAY)
    perform(lead, "recall", by=marketer, now=NOW + 3 * DAY)
    overdue.sweep(NOW + 3 * DAY + HOUR)
    assert said() == [lead.pk]
    overdue.sweep(NOW + 4 * DAY)
    assert said() == [lead.pk, lead.pk]


def test_what_was_put_aside_waits_until_then():
    lead = story.an_mql(now=NOW)
    aside = {"snoozed_until": NOW + 2 * DAY, "snoozed_by": UserFactory()}
    ReviewEntry.objects.update_or_create(lead=lead, defaults={"view": "ready", "score": 80} | aside)
    overdue.sweep(NOW + DAY)
    assert said() == []
    overdue.sweep(NOW + 2 * DAY)
    assert said() == [lead.pk]


def test_a_hand_raise_in_no_inbox_is_said_once():
    lead = a_hand_raise()
    for seconds in (59, 60, 61, 3_000):
        overdue.sweep(NOW + seconds * SECOND)
    assert said("not_shown") == [lead.pk]
    assert LeadEvent.objects.get(name="not_shown").happened_at == NOW + 60 * SECOND


def test_one_that_sales_got_is_shown():
    lead = a_hand_raise()
    Lead.objects.filter(pk=lead.pk).update(phone="+49 1")
    perform(lead, "hand_off", by=UserFactory(), now=NOW, to_user=RepFactory())
    perform(lead, "recall", by=UserFactory(), now=NOW)  # and marketing took it back
    overdue.sweep(NOW + HOUR)
    assert said("not_shown") == []


def test_what_a_file_brought_or_a_manager_let_in_is_awaited_by_nobody():
    lead, manager = a_hand_raise(), UserFactory(role=MARKETING_MANAGER)
    birth = {"name": "captured", "happened_at": NOW, "score": 0}
    LeadEvent.objects.create(lead=lead, details={"import": 1}, **birth)
    perform(LeadFactory(), "qualify", by=manager, now=NOW, reason="met at the fair")
    overdue.sweep(NOW + HOUR)
    assert said("not_shown") == []


def test_nor_one_that_the_agreement_lets_marketing_review_first():
    a_hand_raise()
    draft = starters.load("b2b_software")
    draft.paths.update(at_once=False)
    story.signed(draft, now=NOW)
    overdue.sweep(NOW + HOUR)
    assert said("not_shown") == []


def test_many_are_said_in_pieces(monkeypatch):
    monkeypatch.setattr(overdue, "SOME", 2)
    leads = [story.an_mql(now=NOW).pk for _ in range(5)]
    overdue.sweep(NOW + DAY)
    assert sorted(said()) == leads
