"""What would lift a lead to a wanted grade: the smallest set of rules that it does not have.

Asked of the one statement itself, with matches that are not there yet; nothing is added up here.
"""

from itertools import combinations

from scoring.counting import WHOLE

_RULES, _TOGETHER = 15, 3  # the strongest rules are tried, one, two and three at a time


def tries(rules):
    """The sets of rules (their indexes) to try, fewest first; what a lead can do comes before what
    it would have to be, and more points before fewer."""
    gains = _gains(rules)
    for size in range(1, _TOGETHER + 1):
        sets = combinations(gains, size)
        yield from sorted(sets, key=lambda one: sum(rules[i].kind == "fit" for i in one))


def tried(rules, matches):
    """(sql, params): each row of `matches` once as it is, with turn 0, and once for each set of
    `tries`, with its turn from 1 on, as if its rules matched once more, facts at most once."""
    bits = {i: bit for bit, i in enumerate(_gains(rules))}
    sets = [sum(1 << bits[i] for i in one) for one in [(), *tries(rules)]]
    columns = "".join(_tried(i, rule, bits.get(i)) for i, rule in enumerate(rules))
    sql = f"""
        SELECT turn - 1 AS turn, lead_id{columns} FROM ({matches}) AS found
        CROSS JOIN unnest(%s::int[]) WITH ORDINALITY AS tries (tried, turn)
    """  # noqa: S608  (generated from our own numbers and names)
    return sql, [sets]


def _gains(rules):
    """The indexes of the strongest rules, most points first."""
    gains = (i for i, rule in enumerate(rules) if rule.points > 0)
    return sorted(gains, key=lambda i: (-rules[i].points, i))[:_RULES]


def _tried(i, rule, bit):
    if bit is None:
        return f", n{i}, w{i}" if rule.fades else f", n{i}"
    holds = f"((tried >> {bit}) & 1)"
    if not rule.counts_activities:
        return f", GREATEST(n{i}, {holds}) AS n{i}"
    times = rule.condition.get("times", 1)
    more = f"{holds} * CASE WHEN COALESCE(n{i}, 0) = 0 THEN {times:d} ELSE 1 END"
    columns = f", COALESCE(n{i}, 0) + {more} AS n{i}"
    return columns + (f", w{i} + {WHOLE} * {more} AS w{i}" if rule.fades else "")
