"""Scores, written and explained: both are the one statement (scoring/statement.py)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from leads import deliver
from leads.conditions import leaves_no_change, words
from scoring import versions
from scoring.models import Rule, RuleGroup, ScoringModel
from scoring.statement import statement
from scoring.trying import tries


@dataclass(frozen=True)
class Line:
    """What one rule gave, or what the cap of a group or of all fit or engagement points took
    (raw: None). `raw`: points × matches; `faded`: what age left of it; `points`: what counts.
    `source`: the Rule, or the RuleGroup that is capped; None for the cap of a kind."""

    label: str
    kind: str
    points: Decimal
    raw: Decimal | None = None
    faded: Decimal | None = None
    count: int = 1
    source: Rule | RuleGroup | None = None

    @property
    def has_faded(self):
        return self.raw != self.faded

    @property
    def is_capped(self):
        return self.faded != self.points and self.raw is not None


@dataclass(frozen=True)
class Ledger:
    """The lines sum exactly to the score. `at`: as of when."""

    model: ScoringModel
    at: datetime
    fit_lines: list[Line]
    engagement_lines: list[Line]
    fit: Decimal
    engagement: Decimal
    score: Decimal
    grade: str
    missing: list[Rule]

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
    wait_for_others(lead_ids)
    with connection.cursor() as cursor:
        # Named again, so that no plan can walk through all leads for each of a few.
        among, ids = (
            ("id IS NOT NULL", []) if lead_ids is None else ("id = ANY(%s)", [list(lead_ids)])
        )
        write = _WRITE.format(statement=sql, among=among)
        said = [*params, *ids, model.version, model.version, now, *ids, now, model.version]
        cursor.execute(write, said)
        changed = cursor.fetchone()[0]
    if changed:
        deliver.follow("scored", lead_ids)
    return changed


def wait_for_others(lead_ids):
    """Who comes later has seen more, and must not be overwritten by who saw less: one rescore of
    everybody at a time, and of each lead. FOR NO KEY: new activities need not wait."""
    with connection.cursor() as cursor:
        if lead_ids is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
        cursor.execute(
            "SELECT id FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(lead_ids)],
        )


def ledger(lead, *, model=None, as_of=None, rulebook=None, wanted=(), since=True):
    """Each point of a lead's score; None when it was never scored.

    By default of the version and the moment that the stored score is from, so that both agree.
    `rulebook`: of that version, when the caller has read it already. `wanted`: grades of which it
    says what is missing, as the smallest set of rules that would give one of them. `since`: may
    something have been recorded since the score (scoring.since)? To ask for the present takes a
    tenth of the time.
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
    if since or any(leaves_no_change(rule.condition) for rule in rulebook.rules):
        as_of = at
    return explained(rulebook, lead, at=at, as_of=as_of, wanted=wanted)


def explained(rulebook, lead, *, at, as_of=None, wanted=()):
    """The Ledger of a lead by this model at that moment, by what was known `as_of` another one, or
    by what is known at present."""
    row, missing = _explained(rulebook, lead.pk, list(wanted), now=at, as_of=as_of)
    found = lines(rulebook, row)
    return Ledger(
        rulebook.model,
        at,
        _with_cuts(rulebook, row, found, "fit", "Fit"),
        _with_cuts(rulebook, row, found, "engagement", "Engagement"),
        row["fit"],
        row["engagement"],
        row["score"],
        row["grade"],
        missing,
    )


def rows(rulebook, lead_ids, *, now, as_of=None):
    """The rows of the statement as dicts."""
    return _asked(*statement(rulebook, lead_ids, now=now, as_of=as_of))


def lines(rulebook, row):
    """The rules that match in one row of the statement."""
    return [_line(rulebook, row, i) for i in range(len(rulebook.rules)) if row[f"n{i}"]]


def in_words(rule, attributes):
    """The condition as a sentence begins."""
    said = words(rule.condition, attributes)
    return said[:1].upper() + said[1:]


def _explained(rulebook, lead_id, wanted, **moment):
    """The row of a lead as it is, and the rules that would give it a wanted grade."""
    sql, params = statement(rulebook, [lead_id], **moment, trying=bool(wanted))
    if not wanted:
        return _asked(sql, params)[0], []
    nearest = f"SELECT * FROM ({sql}) AS s WHERE turn = 0 OR grade = ANY(%s) ORDER BY turn LIMIT 2"  # noqa: S608
    row, *better = _asked(nearest, [*params, wanted])
    turns = list(tries(rulebook.rules))
    indexes = turns[better[0]["turn"] - 1] if better and row["grade"] not in wanted else []
    return row, [rulebook.rules[i] for i in indexes]


def _asked(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _line(rulebook, row, i):
    rule, raw = rulebook.rules[i], _points(row[f"raw{i}"])
    return Line(
        rule.name or in_words(rule, rulebook.attributes),
        rule.kind,
        _points(row[f"counts{i}"]),
        raw,
        _points(row[f"faded{i}"]) if rule.fades else raw,
        row[f"n{i}"],
        rule,
    )


def _with_cuts(rulebook, row, found, kind, label):
    """The lines of a kind, and a line for what each cap took from their sum."""
    own = [line for line in found if line.kind == kind]
    for k, group in enumerate(rulebook.groups):
        if group.kind == kind:
            members = [i for i, rule in enumerate(rulebook.rules) if rule.group_id == group.pk]
            cut = row[f"g{k}"] - sum(row[f"counts{i}"] for i in members)
            label_of_cut = f"{group.name} counts up to {group.cap}"
            own += [Line(label_of_cut, kind, _points(cut), source=group)] if cut else []
    total = row[kind]
    cut = total - sum(line.points for line in own)
    return [*own, Line(f"{label} counts up to {total}", kind, cut)] if cut else own


def _points(hundredths):
    return Decimal(hundredths) / 100


_LOCK = 7_201_003  # an advisory lock
_WRITE = """
    WITH new AS MATERIALIZED (
        SELECT lead_id, score, fit, engagement, grade FROM ({statement}) AS scored
    ),
    changed AS (
        SELECT new.*, old.grade AS grade_before, old.score AS score_before
        FROM new JOIN leads_lead AS old ON old.id = new.lead_id AND old.{among}
        WHERE (old.score, old.fit, old.engagement, old.grade, old.scored_by)
            IS DISTINCT FROM (new.score, new.fit, new.engagement, new.grade, %s)
        ORDER BY old.id FOR NO KEY UPDATE OF old
    ),
    written AS (
        UPDATE leads_lead AS lead
        SET score = changed.score, fit = changed.fit, engagement = changed.engagement,
            grade = changed.grade, scored_by = %s, scored_at = %s
        FROM changed WHERE lead.id = changed.lead_id AND lead.{among}
        RETURNING lead.id
    ),
    noted AS (
        INSERT INTO scoring_scorechange (lead_id, at, score, fit, engagement, grade, model)
        SELECT lead_id, %s, score, fit, engagement, grade, %s FROM changed
        WHERE grade <> grade_before OR FLOOR(score) <> FLOOR(score_before)
    )
    SELECT count(*) FROM written
"""
