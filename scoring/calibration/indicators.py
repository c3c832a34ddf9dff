"""What each candidate finds in each lead, by the one statement (scoring/statement.py)."""

from itertools import groupby

import numpy as np
from django.db import connection

from scoring.models import ScoringModel
from scoring.prepared import prepare
from scoring.statement import statement
from scoring.versions import Rulebook

AT_ONCE = 100  # rules of one statement


def matrix(candidates, decisions, attributes, *, now, told=lambda words: None):
    """A row for each decision, a column for each candidate: how many matches count (mostly 0 or 1).

    `told` is called after each statement. Number of calls: `statements(candidates)`.
    """
    parts = [np.zeros((len(decisions), 0))]
    for start in range(0, len(candidates), AT_ONCE):
        rules = [one.as_rule() for one in candidates[start : start + AT_ONCE]]
        book = Rulebook(ScoringModel(version=0), rules, [], attributes)
        columns = [f"counts{i}" for i in range(len(rules))]
        parts.append(np.array(_read(book, columns, decisions, now), float) / 100)
        told("What each rule finds")
    return np.hstack(parts)


def statements(candidates):
    return -(-len(candidates) // AT_ONCE)


def scores(rulebook, decisions, *, now):
    """The score that a model gives, or gave at those moments."""
    return np.array(_read(rulebook, ["score"], decisions, now), float)[:, 0]


def _read(book, columns, decisions, now):
    """Rows of these columns, in the order of the decisions."""
    if not len(decisions):
        return np.zeros((0, len(columns)))
    if decisions.moments is None:
        sql, params = statement(book, decisions.lead_ids, now=now)
        rows = _rows(f"SELECT lead_id, {', '.join(columns)} FROM ({sql}) AS scored", params)  # noqa: S608
        found = {row[0]: row[1:] for row in rows}
        return [found[pk] for pk in decisions.lead_ids]
    return _read_as_of(book, columns, decisions)


def _read_as_of(book, columns, decisions):
    """Each at its own moment: the statement stands beside each row of the decisions."""
    kept = prepare(lambda ids, moment: statement(book, ids, now=moment, as_of=moment))
    if kept is None:
        return _read_one_by_one(book, columns, decisions)
    sql, params = kept.beside("ARRAY[decision.lead_id]", "decision.at")
    return _rows(
        f"""
        SELECT {", ".join(columns)}
        FROM unnest(%s::bigint[], %s::timestamptz[]) WITH ORDINALITY AS decision (lead_id, at, n)
        CROSS JOIN LATERAL ({sql}) AS scored ORDER BY n
        """,  # noqa: S608  (generated from our own names; every value is a parameter)
        [decisions.lead_ids, decisions.moments, *params],
    )


def _read_one_by_one(book, columns, decisions):
    """For conditions on dates, which are written into the statement: once for each moment."""
    found = {}
    pairs = sorted(zip(decisions.moments, decisions.lead_ids, strict=True))
    for moment, same in groupby(pairs, key=lambda pair: pair[0]):
        ids = [pk for _, pk in same]
        sql, params = statement(book, ids, now=moment, as_of=moment)
        rows = _rows(f"SELECT lead_id, {', '.join(columns)} FROM ({sql}) AS scored", params)  # noqa: S608
        found |= {(moment, row[0]): row[1:] for row in rows}
    pairs = zip(decisions.moments, decisions.lead_ids, strict=True)
    return [found[pair] for pair in pairs]


def _rows(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
