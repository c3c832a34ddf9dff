"""The kept statement says what a freshly generated one says, for other leads and other moments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from scoring import statement, versions
from scoring.prepared import prepare
from tests.factories import RuleFactory, ScoringModelFactory
from tests.story import agreement_in_force


@pytest.mark.django_db
@pytest.mark.parametrize("starter", ["b2b_software", "education"])
def test_a_kept_statement_is_the_generated_one(starter):
    rulebook = versions.of(agreement_in_force(starter=starter).scoring_model.version)
    now = timezone.now()
    for ids in (None, [4], [1, 2, 3]):
        for as_of in (None, now - timedelta(days=3)):
            sql, params = statement.statement(rulebook, ids, now=now, as_of=as_of)
            fresh = statement._generated(rulebook, ids, now, as_of)
            assert (sql, list(params)) == (fresh[0], list(fresh[1]))


@pytest.mark.django_db
def test_a_draft_is_generated_anew_each_time():
    model = ScoringModelFactory()
    before = statement.statement(versions.rulebook(model), [1], now=timezone.now())
    RuleFactory(model=model)
    assert statement.statement(versions.rulebook(model), [1], now=timezone.now()) != before


def test_what_does_not_move_with_the_moment_is_not_kept():
    far = datetime(2026, 1, 1, tzinfo=UTC)
    assert prepare(lambda ids, moment: ("%s", [moment.year])) is None
    assert prepare(lambda ids, moment: (str(moment), [])) is None
    kept = prepare(lambda ids, moment: ("%s", [ids, None, moment - timedelta(days=2)]))
    assert kept.fill([7], far) == ("%s", [[7], None, far - timedelta(days=2)])


def test_a_kept_statement_stands_beside_rows_with_leads_and_moments_of_their_own():
    kept = prepare(
        lambda ids, moment: (
            "SELECT '%%s' LIKE %s, %s, %s, %s",
            ["%s", ids, moment, moment - timedelta(days=2)],
        )
    )
    assert kept.beside("ARRAY[row.id]", "row.at") == (
        "SELECT '%%s' LIKE %s, ARRAY[row.id], (row.at + %s), (row.at + %s)",
        ["%s", timedelta(0), timedelta(days=-2)],
    )
