"""A new version changes what comes, and nothing of what was: each handoff and MQL keeps its own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from handoff import agreements, judging, starters
from handoff.models import (
    Commitment,
    Handoff,
    MatrixCell,
    QualifyingPath,
    Question,
    Reason,
    ReasonDetail,
    RequiredField,
    Veto,
)
from leads.lifecycle import MQL
from leads.models import Cycle
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
YESTERDAY = datetime(2026, 5, 5, 9, tzinfo=UTC)  # a Tuesday
TODAY = YESTERDAY + timedelta(days=1)
PARTS = [
    MatrixCell, QualifyingPath, Veto, RequiredField, Commitment, Question, Reason, ReasonDetail,
]  # fmt: skip


def four_hours(now):
    """The next version, in which sales decides within four hours instead of a day."""
    draft = agreements.duplicate(agreements.in_force())
    draft.decide_hours = 4
    draft.save()
    return story.signed(draft, now=now)


def allowed(lead):
    """From the offer to its due time. Nobody here has working hours: all hours count."""
    handoff = Handoff.objects.get(lead=lead)
    return handoff.due_at - handoff.created_at


def test_yesterdays_handoff_keeps_a_day_and_todays_has_four_hours():
    story.agreement_in_force(now=YESTERDAY, decide_hours=24)
    old = story.handed_off(to=RepFactory(team=None), now=YESTERDAY)
    new_version = four_hours(TODAY)
    new = story.handed_off(to=RepFactory(team=None), now=TODAY)
    assert (allowed(old), allowed(new)) == (timedelta(hours=24), timedelta(hours=4))
    versions = Handoff.objects.order_by("pk").values_list("agreement__version", flat=True)
    assert list(versions) == [1, new_version.version]


def test_an_mql_in_review_keeps_its_version_and_is_handed_off_under_the_new_one():
    story.agreement_in_force(now=YESTERDAY, decide_hours=24)
    lead = story.an_mql(now=YESTERDAY)
    four_hours(TODAY)
    assert Cycle.objects.get(lead=lead).agreement == 1
    lead = perform(lead, "hand_off", by=UserFactory(), now=TODAY, to_user=RepFactory(team=None))
    assert Cycle.objects.get(lead=lead).agreement == 1
    assert allowed(lead) == timedelta(hours=4)


def test_an_mql_in_review_is_not_demoted_by_a_stricter_version():
    """But one that qualified under it is."""
    story.agreement_in_force(now=YESTERDAY)
    old = story.an_mql(now=YESTERDAY)
    draft = agreements.duplicate(agreements.in_force())
    draft.matrix.update(action="leave")
    draft.save()
    story.signed(draft, now=TODAY)
    judging.judge_stale(TODAY)
    old.refresh_from_db()
    assert old.stage == MQL
    Cycle.objects.filter(lead=old).update(agreement=draft.version)
    judging.judge(agreements.in_force(), [old.pk], now=TODAY)
    old.refresh_from_db()
    assert old.stage != MQL


@pytest.mark.parametrize("status", ["signed", "agreed", "in_force", "superseded"])
def test_postgresql_itself_refuses_every_column_of_a_signed_version(status):
    agreement = _version_that_is(status)
    fixed = {field.column for field in agreement._meta.concrete_fields} - {
        "id", "status", "in_force_from", "superseded_at",
    }  # fmt: skip
    with connection.cursor() as cursor:
        for column in sorted(fixed):
            other = _OTHER.get(column, "1 + coalesce({}, 0)").format(column)
            _refused(
                cursor, f"UPDATE handoff_agreement SET {column} = {other} WHERE id = {agreement.pk}"
            )
        _refused(cursor, f"DELETE FROM handoff_agreement WHERE id = {agreement.pk}")


@pytest.mark.parametrize("status", ["signed", "agreed", "in_force", "superseded"])
def test_postgresql_itself_refuses_raw_sql_on_each_part(status):
    agreement = _version_that_is(status)
    where = f"WHERE agreement_id = {agreement.pk}"
    with connection.cursor() as cursor:
        for part in PARTS:
            assert part.objects.filter(agreement=agreement).exists()
            table, names = part._meta.db_table, part._meta.concrete_fields
            columns = ", ".join(f'"{one.column}"' for one in names if one.column != "id")
            rows = f"SELECT {columns} FROM {table} {where}"
            _refused(cursor, f"UPDATE {table} SET id = id {where}")
            _refused(cursor, f"DELETE FROM {table} {where}")
            _refused(cursor, f"INSERT INTO {table} ({columns}) {rows}")


# How a column of another kind than a number is given another value.
_OTHER = dict.fromkeys(
    ["title", "goal", "mql_words", "sal_words", "sql_words"], "{} || '!'"
) | dict.fromkeys(
    ["budget_at_least", "authority_at_least", "need_at_least", "timeline_at_least"],
    "CASE {} WHEN 'partly' THEN 'yes' ELSE 'partly' END",
) | dict.fromkeys(
    ["goal_from", "goal_until", "starts_on"], "coalesce({}, '2026-01-01'::date) + 1"
) | {"minimum_grade": "'D4'"}  # fmt: skip


def _refused(cursor, sql):
    with pytest.raises(DatabaseError, match=r"cannot be changed|Cannot delete"):
        _run(cursor, sql)


@transaction.atomic
def _run(cursor, sql):
    cursor.execute(sql)


def _version_that_is(status):
    if status == "signed":
        by = UserFactory(role=story.MARKETING_MANAGER)
        draft = starters.load("b2b_software")
        return agreements.sign(draft, by=by, side="marketing", now=TODAY)
    if status == "agreed":
        return story.agreement_in_force(now=TODAY, starts_on=TODAY.date() + timedelta(days=9))
    agreement = story.agreement_in_force(now=YESTERDAY)
    if status == "superseded":
        story.agreement_in_force(now=TODAY)
    return agreement
