"""Scores, written and explained: both are the one statement (scoring/statement.py)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from leads.conditions import words
from scoring import versions
from scoring.models import ScoringModel
from scoring.statement import statement


@dataclass(frozen=True)
class Line:
    """What one rule gave, or what a cap of all fit or engagement points took (raw: None)."""

    label: str
    kind: str
    points: Decimal
    raw: Decimal | None = None
    count: int = 1

    @property
    def is_capped(self):
        return self.raw is not None and self.raw != self.points


@dataclass(frozen=True)
class Ledger:
    """The lines sum exactly to the score. `at`: as of when; `last_at`: newest human activity."""

    model: ScoringModel
    at: datetime
    fit_lines: list[Line]
    engagement_lines: list[Line]
    fit: Decimal
    engagement: Decimal
    score: Decimal
    grade: str
    last_at: datetime | None

    @property
    def lines(self):
        return self.fit_lines + self.engagement_lines


@transaction.atomic
def rescore(lead_ids, model, *, now, as_of=None):
    """Score these leads, or all (None); return how many scores changed. Others stay unwritten.

    `now`: the clock of the conditions, and `scored_at`. `as_of`: judge by what was known then.
    """
    if lead_ids is not None and not lead_ids:
        return 0
    sql, params = statement(versions.rulebook(model), lead_ids, now=now, as_of=as_of)
    with connection.cursor() as cursor:
        _wait_for_others(cursor, lead_ids)
        # Named again, so that no plan can walk through all leads for each of a few.
        among, ids = (
            ("id IS NOT NULL", []) if lead_ids is None else ("id = ANY(%s)", [list(lead_ids)])
        )
        write = _WRITE.format(statement=sql, among=among)
        cursor.execute(write, [*params, *ids, model.version, model.version, now, *ids])
        return cursor.rowcount


def ledger(lead, *, model=None, as_of=None, rulebook=None, since=True):
    """Each point of a lead's score; None when it was never scored.

    By default of the version and the moment that the stored score is from, so that both agree.
    `rulebook`: of that version, when the caller has read it already. `since`: may something have
    been recorded since the score (scoring.since)? To ask for the present takes a tenth of the time.
    """
    at = as_of or lead.scored_at
    if at is None:
        return None
    if model:
        rulebook = versions.rulebook(model)
    elif rulebook is None or rulebook.model.version != lead.scored_by:
        rulebook = versions.of(lead.scored_by)
    if rulebook is None:
        return None
    if since or _reads_moves(rulebook):
        as_of = at
    row = next(iter(rows(rulebook, [lead.pk], now=at, as_of=as_of)))
    fit, engagement = row["fit"], row["engagement"]
    found = lines(rulebook, row)
    return Ledger(
        rulebook.model,
        at,
        _with_cut(found, "fit", "Fit", fit),
        _with_cut(found, "engagement", "Engagement", engagement),
        fit,
        engagement,
        row["score"],
        row["grade"],
        row["last_at"],
    )


def rows(rulebook, lead_ids, *, now, as_of=None):
    """The rows of the statement as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(rulebook, lead_ids, now=now, as_of=as_of))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lines(rulebook, row):
    """The rules that match in one row of the statement."""
    return [
        Line(
            rule.name or in_words(rule, rulebook.attributes),
            rule.kind,
            row[f"counts{i}"],
            row[f"raw{i}"],
            row[f"n{i}"],
        )
        for i, rule in enumerate(rulebook.rules)
        if row[f"n{i}"]
    ]


def in_words(rule, attributes):
    """The condition as a sentence begins."""
    said = words(rule.condition, attributes)
    return said[:1].upper() + said[1:]


def _reads_moves(rulebook):
    """Moves are no facts: a lead may have been qualified since, by its very score."""
    return any("'stage'" in str(rule.condition) for rule in rulebook.rules)


def _with_cut(found, kind, label, total):
    own = [line for line in found if line.kind == kind]
    cut = total - sum(line.points for line in own)
    return [*own, Line(f"{label} counts up to {total}", kind, cut)] if cut else own


def _wait_for_others(cursor, lead_ids):
    """Who comes later has seen more, and must not be overwritten by who saw less: one rescore of
    everybody at a time, and of each lead. FOR NO KEY: new activities need not wait."""
    if lead_ids is None:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    cursor.execute(
        "SELECT id FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list(lead_ids)],
    )


_LOCK = 7_201_003  # an advisory lock
_WRITE = """
    WITH new AS MATERIALIZED (
        SELECT lead_id, score, fit, engagement, grade FROM ({statement}) AS scored
    ),
    changed AS (
        SELECT new.*
        FROM new JOIN leads_lead AS old ON old.id = new.lead_id AND old.{among}
        WHERE (old.score, old.fit, old.engagement, old.grade, old.scored_by)
            IS DISTINCT FROM (new.score, new.fit, new.engagement, new.grade, %s)
        ORDER BY old.id FOR NO KEY UPDATE OF old
    )
    UPDATE leads_lead AS lead
    SET score = changed.score, fit = changed.fit, engagement = changed.engagement,
        grade = changed.grade, scored_by = %s, scored_at = %s
    FROM changed WHERE lead.id = changed.lead_id AND lead.{among}
"""
