"""What would lift a lead to a wanted grade: the smallest set of rules that it does not have.

Asked of the one statement itself, with matches that are not there yet; nothing is added up here.
"""

from itertools import combinations

from scoring.counting import WHOLE

_RULES, _TOGETHER = 15, 3  # the strongest rules are tried, one, two and three at a time


def tries(rules):
    """The sets of rules (their indexes) to try, fewest first; what a lead can do comes before what
    it would have to be, and more points before fewer."""
    gains = sorted((i for i, rule in enumerate(rules) if rule.points > 0), key=_strength(rules))
    for size in range(1, _TOGETHER + 1):
        sets = combinations(gains[:_RULES], size)
        yield from sorted(sets, key=lambda one: sum(rules[i].kind == "fit" for i in one))


def tried(rules, matches):
    """(sql, params): each row of `matches` once as it is, with turn 0, and once for each set of
    `tries`, with its turn from 1 on, as if its rules matched once more, facts at most once."""
    arrays = ["{" + ",".join(map(str, one)) + "}" for one in [(), *tries(rules)]]
    columns = "".join(_tried(i, rule) for i, rule in enumerate(rules))
    sql = f"""
        SELECT turn - 1 AS turn, lead_id{columns} FROM ({matches}) AS found
        CROSS JOIN unnest(%s::text[]) WITH ORDINALITY AS tries (tried, turn)
    """  # noqa: S608  (generated from our own numbers and names)
    return sql, [arrays]


def _strength(rules):
    return lambda i: (-rules[i].points, i)


def _tried(i, rule):
    holds = f"({i} = ANY(tried::int[]))::int"
    if not rule.counts_activities:
        return f", GREATEST(n{i}, {holds}) AS n{i}"
    times = rule.condition.get("times", 1)
    more = f"{holds} * CASE WHEN COALESCE(n{i}, 0) = 0 THEN {times:d} ELSE 1 END"
    columns = f", COALESCE(n{i}, 0) + {more} AS n{i}"
    return columns + (f", w{i} + {WHOLE} * {more} AS w{i}" if rule.fades else "")
