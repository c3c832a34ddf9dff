"""From draft to superseded: proposed, talked about, taken back, signed, in force from a day on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from accounts import roles
from handoff import agreements, proposing, starters, tasks
from handoff.models import Agreement, Comment
from leads.models import StaleLead
from leads.refusals import Conflict, Forbidden, Missing
from tests import story
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
NEXT_WEEK = (NOW + timedelta(days=7)).date()


@pytest.fixture
def draft():
    return starters.load("b2b_software")


@pytest.fixture
def marta():
    return UserFactory(role=roles.MARKETING_MANAGER)


def a_later(**changes):
    """The next version with the words of the one in force, signed by both."""
    draft = agreements.duplicate(agreements.in_force())
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save()
    return story.signed(draft, now=NOW)


def the_days_after(days):
    return agreements.begin_due(NOW + timedelta(days=days))


def test_a_draft_is_proposed_commented_and_signed(draft, marta):
    proposed = proposing.propose_version(draft, by=marta, now=NOW)
    assert (proposed.status, proposed.is_draft) == ("proposed", True)
    success = UserFactory(role=roles.CUSTOMER_SUCCESS)
    proposing.comment(proposed, by=success, text=" Small ones leave. ", now=NOW)
    said = [(one.by, one.text) for one in proposed.comments.all()]
    assert said == [(marta, "Proposed it."), (success, "Small ones leave.")]
    assert story.signed(proposed, now=NOW).status == "in_force"


def test_a_proposed_version_goes_back_to_work(draft, marta):
    proposing.propose_version(draft, by=marta, now=NOW)
    assert proposing.withdraw(draft, by=marta, now=NOW).status == "draft"
    with pytest.raises(Conflict, match="is no proposed version"):
        proposing.withdraw(draft, by=marta, now=NOW)


def test_what_is_signed_is_neither_proposed_nor_taken_back(draft, marta):
    signed = agreements.sign(draft, by=marta, side="marketing", now=NOW)
    for act in (proposing.propose_version, proposing.withdraw):
        with pytest.raises(Conflict):
            act(signed, by=marta, now=NOW)


@pytest.mark.parametrize("role", [roles.MARKETER, roles.REP, roles.CUSTOMER_SUCCESS])
def test_only_managers_propose_and_take_back(draft, role):
    for act in (proposing.propose_version, proposing.withdraw):
        with pytest.raises(Forbidden):
            act(draft, by=UserFactory(role=role), now=NOW)


def test_a_draft_with_gaps_is_not_proposed(draft, marta):
    draft.reasons.all().delete()
    with pytest.raises(Missing, match="No reason is offered"):
        proposing.propose_version(draft, by=marta, now=NOW)
    assert not Comment.objects.exists()


def test_a_comment_says_something_and_stays_as_it_was_said(draft, marta):
    with pytest.raises(Missing):
        proposing.comment(draft, by=marta, text="  ", now=NOW)
    proposing.comment(draft, by=marta, text="Four hours?", now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.update(text="Five hours?")


def test_a_version_of_next_week_waits_for_its_day():
    first = story.agreement_in_force(now=NOW)
    lead = LeadFactory()
    waiting = a_later(starts_on=NEXT_WEEK)
    StaleLead.objects.all().delete()
    assert (waiting.status, agreements.in_force()) == ("agreed", first)
    assert the_days_after(6) is None
    assert the_days_after(7) == waiting == agreements.in_force()
    assert agreements.in_force().in_force_from == NOW + timedelta(days=7)
    first.refresh_from_db()
    assert (first.status, first.superseded_at) == ("superseded", NOW + timedelta(days=7))
    assert lead.pk in StaleLead.objects.values_list("lead_id", flat=True)


def test_beginning_twice_changes_nothing():
    story.agreement_in_force(now=NOW)
    a_later(starts_on=NEXT_WEEK)
    the_days_after(7)
    before = list(Agreement.objects.order_by("pk").values())
    assert the_days_after(7) is None
    assert list(Agreement.objects.order_by("pk").values()) == before


def test_the_scheduler_begins_what_is_due():
    story.agreement_in_force(now=NOW)
    waiting = a_later(starts_on=NEXT_WEEK)  # long ago by the clock of this machine
    tasks.begin_agreement()
    assert agreements.in_force() == waiting
    task = tasks.begin_agreement.name
    assert task in {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()}


def test_a_day_that_has_come_when_both_have_signed_is_now():
    story.agreement_in_force(now=NOW)
    assert a_later(starts_on=NOW.date()).status == "in_force"


def test_an_older_version_never_comes_after_a_newer_one():
    story.agreement_in_force(now=NOW)
    older = a_later(starts_on=NEXT_WEEK)
    newer = a_later()
    older.refresh_from_db()
    assert (older.status, older.in_force_from) == ("superseded", None)
    assert the_days_after(8) is None
    assert agreements.in_force() == newer
    assert agreements.in_force_at(NOW + timedelta(days=9)) == newer


def test_of_two_whose_day_has_come_the_newer_one_begins():
    story.agreement_in_force(now=NOW)
    older = a_later(starts_on=NEXT_WEEK)
    newer = a_later(starts_on=NEXT_WEEK)
    assert the_days_after(9) == newer
    older.refresh_from_db()
    assert older.status == "superseded"


def test_the_day_is_part_of_the_signed_words(draft, marta):
    agreements.sign(draft, by=marta, side="marketing", now=NOW)
    for column in ("starts_on", "goal_from", "goal_until"):
        row = Agreement.objects.filter(pk=draft.pk)
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            row.update(**{column: NEXT_WEEK})


def test_postgresql_keeps_since_when_it_was_in_force():
    row = Agreement.objects.filter(pk=story.agreement_in_force(now=NOW).pk)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        row.update(in_force_from=None)


def test_a_copy_has_no_day_of_its_own():
    story.agreement_in_force(now=NOW)
    waiting = a_later(starts_on=NEXT_WEEK)
    assert agreements.duplicate(waiting).starts_on is None
