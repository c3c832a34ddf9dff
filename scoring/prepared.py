"""A generated statement, kept: only the leads and the moment change from one use to the next.

To generate it takes longer than to ask it. It is generated for two moments far apart; whatever
differs between the two must lie equally far from both, else it cannot be kept.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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

    def beside(self, lead_ids, moment):
        """(sql, params) to stand LATERAL beside rows that have leads and moment in these columns:
        each row is asked about its own."""
        rest, left = iter(self.params), []

        def put(sign):
            if sign[0] == "%%":
                return sign[0]
            param = next(rest)
            if param == _SOME:
                return lead_ids
            left.append(param.by if isinstance(param, _After) else param)
            return f"({moment} + %s)" if isinstance(param, _After) else sign[0]

        return re.sub("%[s%]", put, self.sql), left


@dataclass(frozen=True)
class _After:
    """A moment so long after the one that is filled in."""

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
    if one is _SOME or one == another:
        return (one,)
    if isinstance(one, datetime) and one - _MOMENTS[0] == another - _MOMENTS[1]:
        return (_After(one - _MOMENTS[0]),)
    return None


def _filled(param, lead_ids, moment):
    if param is _SOME:
        return lead_ids
    return moment + param.by if isinstance(param, _After) else param
