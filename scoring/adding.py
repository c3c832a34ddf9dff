"""From matches to a grade, as SQL: points → decay → cap of the rule → of the group → of the kind.

Points are whole hundredths until their sum, so that the lines of a ledger add up exactly.
"""

from django.db import connection
from django.db.models import DecimalField
from django.db.models.expressions import RawSQL

from leads.models import Lead
from scoring.bands import grade_case
from scoring.counting import WHOLE

MOST = 9_999_999  # hundredths of one rule or group without a cap: keeps sums within their column
_MANY = 10**11  # weights beyond it would burst a bigint; no cap is as high


def graded(rulebook, matches):
    """(sql, params): what the relation `matches` has (see counting.matches), and for each rule
    raw{i} = points × matches, faded{i}, counts{i} = up to the cap, for each group g{k}, all in
    hundredths of a point; then fit, engagement, score and grade.

    A cap bounds points in their own direction: with cap 10 a rule of −5 takes at most 10 away.
    """
    model, rules, groups = rulebook.model, rulebook.rules, rulebook.groups
    grade, params = _grade(model)
    # OFFSET 0 keeps the planner from computing a column again wherever it is used.
    sql = f"""
        SELECT *, fit + engagement AS score, {grade} AS grade FROM (
            SELECT *, {_total(rules, groups, "fit", model.fit_cap)} AS fit,
                {_total(rules, groups, "engagement", model.engagement_cap)} AS engagement
            FROM (
                SELECT *{_groups(rules, groups)} FROM (
                    SELECT *{_counts(rules)} FROM (
                        SELECT *{_points(rules)} FROM ({matches}) AS matches
                    ) AS points
                ) AS counted OFFSET 0
            ) AS grouped OFFSET 0
        ) AS capped
    """  # noqa: S608  (generated from our own numbers and names)
    return sql, params


def hundredths(points):
    return int(points * 100)


def _points(rules):
    columns = ""
    for i, rule in enumerate(rules):
        each = hundredths(rule.points)
        columns += f", n{i} * {each}::bigint AS raw{i}"
        if rule.fades:  # rounded half away from zero, as numeric does
            half = WHOLE // 2 if each >= 0 else -WHOLE // 2
            columns += f", (LEAST(w{i}, {_MANY}) * {each}::bigint + {half}) / {WHOLE} AS faded{i}"
    return columns


def _counts(rules):
    columns = ""
    for i, rule in enumerate(rules):
        cap = MOST if rule.cap is None else hundredths(rule.cap)
        bound = f"LEAST({cap}" if rule.points >= 0 else f"GREATEST({-cap}"
        columns += f", {bound}, {'faded' if rule.fades else 'raw'}{i}) AS counts{i}"
    return columns


def _groups(rules, groups):
    columns = ""
    for k, group in enumerate(groups):
        cap = hundredths(group.cap)
        own = [f"counts{i}" for i, rule in enumerate(rules) if rule.group_id == group.pk]
        columns += f", GREATEST({-cap}, LEAST({cap}, {' + '.join(['0', *own])})) AS g{k}"
    return columns


def _total(rules, groups, kind, cap):
    """Points, no longer hundredths."""
    alone = [f"counts{i}" for i, r in enumerate(rules) if r.kind == kind and r.group_id is None]
    together = [f"g{k}" for k, group in enumerate(groups) if group.kind == kind]
    total = " + ".join(["0", *alone, *together])
    total = total if cap is None else f"LEAST({hundredths(cap)}, {total})"
    return f"({total}) * 0.01"


def _grade(model):
    points = DecimalField(max_digits=9, decimal_places=2)
    grade = grade_case(model, RawSQL("fit", [], points), RawSQL("engagement", [], points))
    query = Lead.objects.all().query
    return query.get_compiler(connection=connection).compile(grade.resolve_expression(query))
