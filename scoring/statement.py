"""The one SQL statement that scores leads by a model: generated, set-based, as of any moment.

Rescoring writes its rows; ledger and reasons read them. Nothing else computes points.
"""

from scoring.adding import graded
from scoring.counting import matches
from scoring.prepared import Prepared, prepare
from scoring.trying import tried


def statement(rulebook, lead_ids=None, *, now, as_of=None, trying=False):
    """(sql, params) of a SELECT with a row for each of these leads; None: for all.

    Columns: lead_id, those of counting.matches and those of adding.graded. `trying`: more rows for
    each lead, numbered by `turn`, as if it had what it lacks (see trying.tried).
    """
    lead_ids = None if lead_ids is None else list(lead_ids)
    kept = _kept(rulebook, lead_ids is None, as_of is None, trying)
    if kept is None:
        return _generated(rulebook, lead_ids, now, as_of, trying)
    return kept.fill(lead_ids, as_of or now)


def _kept(rulebook, everybody, at_present, trying):
    """The statement of a published model, which nobody can change; None when there is none."""
    model = rulebook.model
    if not model.is_published:
        return None
    key = (model.pk, model.published_at, everybody, at_present, trying)
    if key not in _KEPT:
        _KEPT[key] = prepare(
            lambda ids, moment: _generated(
                rulebook, None if everybody else ids, moment, None if at_present else moment, trying
            )
        )
    return _KEPT[key]


_KEPT: dict[tuple, Prepared | None] = {}


def _generated(rulebook, lead_ids, now, as_of, trying=False):
    ctes, found, params = matches(rulebook, lead_ids, now=as_of or now, as_of=as_of)
    found, arrays = f"{found} OFFSET 0", []
    if trying:
        found, arrays = tried(rulebook.rules, found)
    sql, grades = graded(rulebook, found)
    return f"WITH {ctes} {sql}", [*params, *grades, *arrays]
