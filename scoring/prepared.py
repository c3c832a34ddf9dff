"""A generated statement, kept: only the leads and the moment change from one use to the next.

To generate it takes longer than to ask it. It is generated for two moments far apart; whatever
differs between the two must lie equally far from both, else it cannot be kept.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

_SOME = [-1]  # stands for the ids of the leads
_MOMENTS = [
    datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC),
    datetime(2013, 11, 12, 13, 14, 15, 16, tzinfo=UTC),
]


@dataclass(frozen=True)
class Prepared:
    sql: str
    params: list[Any]  # ids and moments by their stand-ins

    def fill(self, lead_ids, moment):
        """(sql, params) for these leads and this moment."""
        return self.sql, [_filled(param, lead_ids, moment) for param in self.params]

    def over(self, lead, moment):
        """(sql, params) for one lead at a moment of its own: both are SQL expressions, such as
        columns of a relation to which this statement is LATERAL."""
        params, sql, kept = iter(self.params), "", []
        for part in re.split("(%s|%%)", self.sql):
            if part != "%s":
                sql += part
                continue
            expression, values = _expressed(next(params), lead, moment)
            sql += expression
            kept += values
        return sql, kept


@dataclass(frozen=True)
class _After:
    """A moment so long after the one that is filled in."""

    by: timedelta


@dataclass(frozen=True)
class _DayAfter:
    """The date (ISO, UTC) so long after that of the moment that is filled in."""

    by: timedelta


def prepare(generate):
    """`generate(lead_ids, moment)` gives (sql, params). None when it cannot be kept."""
    (sql, params), (other, others) = (generate(_SOME, moment) for moment in _MOMENTS)
    if sql != other or len(params) != len(others):
        return None
    pairs = zip(params, others, strict=True)
    known = [_stand_in(one, another) for one, another in pairs]
    return None if None in known else Prepared(sql, [param for (param,) in known])


def _stand_in(one, another):
    """What to keep of a parameter, in a tuple because NULL is a value, too; None: unknown."""
    if one == another:
        return (_SOME if one == _SOME else one,)
    if isinstance(one, datetime) and one - _MOMENTS[0] == another - _MOMENTS[1]:
        return (_After(one - _MOMENTS[0]),)
    days = _days_after(one, _MOMENTS[0])
    same = days is not None and days == _days_after(another, _MOMENTS[1])
    return (_DayAfter(days),) if same else None


def _days_after(said, moment):
    """How long after the day of `moment` the ISO date is; None when it is no date."""
    try:
        return date.fromisoformat(said) - moment.date()
    except (TypeError, ValueError):
        return None


def _filled(param, lead_ids, moment):
    if param is _SOME:
        return lead_ids
    if isinstance(param, _DayAfter):
        return str(moment.astimezone(UTC).date() + param.by)
    return moment + param.by if isinstance(param, _After) else param


def _expressed(param, lead, moment):
    """(SQL, params) of one parameter."""
    if param is _SOME:
        return f"ARRAY[{lead}]", []
    if isinstance(param, _DayAfter):
        return f"to_char({moment} AT TIME ZONE 'UTC' + %s, 'YYYY-MM-DD')", [param.by]
    if isinstance(param, _After):
        return (f"({moment} + %s)", [param.by]) if param.by else (moment, [])
    return "%s", [param]
