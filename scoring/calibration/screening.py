"""Columns that look as if they were filled in by those who knew the outcome already.

Told by when values were recorded, by strength and by emptiness, never by names: docs/calibration.md
says why these limits.
"""

from dataclasses import dataclass, field

import numpy as np
from django.db import connection

from scoring.calibration.fitting import FOLDS, folds
from scoring.calibration.proving import auc_error
from scoring.measures import Z, auc

STRONG_CHOICE = 0.67  # AUC of which value stands there, where one stands
STRONG_NUMBER = 0.85
STRONG_FILLING = 0.70  # AUC of whether one stands there at all
UNEVEN = 0.40  # largest difference of the filled share between two times
LATE = 0.10  # share of values recorded when the outcome was known
_SLICES, _IN_SLICE, _FEWEST = 10, 100, 30


@dataclass
class Column:
    """A field (or kind of activity), `auc` of it alone, and why it is suspicious."""

    about: str
    auc: float
    filled: float
    why: list[str] = field(default_factory=list)


def screened(candidates, found, won, kinds):
    """A Column for each field that the candidates read, the decisions oldest first.

    `kinds`: {field key: its kind}; what is none of them is an activity.
    """
    names = dict.fromkeys(one.about for one in candidates if one.about and len(won))
    return [_screened(name, candidates, found, won, kinds.get(name, "activity")) for name in names]


def late(decisions, known_at):
    """{field key: share of its values that were first filled in, or changed, when the outcome was
    known}, by FieldChange. `known_at`: {lead id: moment}; of leads only that are in it."""
    pairs = [(pk, known_at[pk]) for pk in decisions.lead_ids if pk in known_at]
    if len(pairs) < _FEWEST:
        return {}
    ids, moments = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_LATE, [list(ids), list(moments)])
        found = {key: number / len(pairs) for key, number in cursor.fetchall()}
    return {_KEYS.get(key, key): share for key, share in found.items()}


def _screened(name, candidates, found, won, kind):
    places = [i for i, one in enumerate(candidates) if one.about == name]
    is_filled, value = _values(candidates, found, places)
    known, alone = won[is_filled], _expected(value[is_filled], won[is_filled])
    everywhere = _expected(np.where(is_filled, value, -1), won)
    column = Column(name, round(auc(everywhere, won), 3), round(float(is_filled.mean()), 3))
    strength, limit = auc(alone, known), STRONG_NUMBER if kind in _DOSES else STRONG_CHOICE
    if strength - Z * auc_error(strength, known) > limit:
        column.why.append(
            f"which value stands there tells the outcome alone (AUC {strength:.2f}, above {limit})"
        )
    filling = max(auc(is_filled, won), auc(~is_filled, won))
    if kind != "activity" and filling - Z * auc_error(filling, won) > STRONG_FILLING:
        column.why.append(f"whether it is filled in tells the outcome alone (AUC {filling:.2f})")
    low, high = _filled_by_time(is_filled)
    if kind != "activity" and high - low > UNEVEN:
        column.why.append(
            f"it is filled in for {low:.0%} of the leads at one time and for {high:.0%} at another"
        )
    return column


def _values(candidates, found, places):
    """(is anything there, a number for what is there) of each decision, told by the indicators."""
    is_filled = np.ones(len(found), bool)
    value = np.zeros(len(found))
    for number, i in enumerate(places, 1):
        condition = candidates[i].condition
        if condition.get("op") == "empty":
            is_filled = found[:, i] == 0
        elif condition.get("op") == "is":
            value[found[:, i] > 0] = number
        elif condition.get("op") == "gte" or "did" in condition:  # steps
            value += found[:, i] > 0
    return is_filled, value


def _expected(value, won):
    """The rate of those with the same value among the others: cross-fitted, so that rare values
    cannot look strong."""
    expected = np.zeros(len(won))
    if not len(won):
        return expected
    _, place = np.unique(value, return_inverse=True)
    fold = folds(won)
    for k in range(FOLDS):
        rest = fold != k
        number = np.bincount(place[rest], minlength=place.max() + 1)
        good = np.bincount(place[rest], won[rest], minlength=place.max() + 1)
        base = won[rest].mean() if rest.any() else 0.5
        expected[~rest] = ((good + 2 * base) / (number + 2))[place[~rest]]
    return expected


def _filled_by_time(is_filled):
    slices = min(_SLICES, len(is_filled) // _IN_SLICE)
    if slices < 2:
        return 0.0, 0.0
    shares = [float(part.mean()) for part in np.array_split(is_filled, slices)]
    return min(shares), max(shares)


_KEYS = {"lead.campaign_id": "lead.campaign", "lead.company_id": "lead.company"}
_DOSES = {"number", "activity"}
_LATE = """
    SELECT CASE subject WHEN 'attr' THEN 'attr.' ELSE 'lead.' END || field,
        count(DISTINCT subject_id)
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS decision (lead_id, known_at)
    JOIN leads_fieldchange ON subject IN ('lead', 'attr') AND subject_id = lead_id
        AND recorded_at >= known_at
    GROUP BY 1
"""
