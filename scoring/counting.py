"""What the rules of a model find, as SQL: one pass over the activities, one over the leads.

Both are set-based, for any set of leads and as of any moment.
"""

from django.db import connection
from django.db.models import Case, F, Q, When

from leads.conditions import countable_q, of_kind_q, to_q
from leads.models import Activity, Lead
from leads.querysets import AnyOf

WHOLE = 1_000_000  # the weight of a fresh activity; whole numbers add up the same in any order
_GONE = 21  # half-lives after which a weight rounds to nothing


def matches(rulebook, lead_ids, *, now, as_of):
    """(ctes, sql, params): `sql` selects a row for each lead: lead_id, last_at (its newest human
    activity), and for the rule at index i: n{i} matches, and w{i}, the sum of their weights in
    millionths, where its points fade. `ctes` go before it, after WITH."""
    counted, params = _counted(rulebook.rules, lead_ids, now, as_of)
    matched, more = _matched(rulebook, lead_ids, now, as_of)
    # MATERIALIZED keeps the planner from counting again for each lead, as it would on tables that
    # it holds for empty.
    ctes = f"counted AS MATERIALIZED ({counted}), matched AS ({matched})"
    columns = "".join(_columns(i, rule) for i, rule in enumerate(rulebook.rules))
    sql = f"SELECT lead_id, last_at{columns} FROM matched LEFT JOIN counted USING (lead_id)"  # noqa: S608
    return ctes, sql, [*params, *more]


def _counted(rules, lead_ids, now, as_of):
    """One row for each lead that did anything: how often each rule on activities matches."""
    columns, params = [_last_at()], []
    for i, rule in enumerate(rules):
        if not rule.counts_activities:
            continue
        where, values = _where(of_kind_q(rule.condition, now=now))
        columns.append(f"COUNT(*) FILTER (WHERE {where}) AS n{i}")
        params += values
        if rule.fades:
            columns.append(f"SUM(fades.{_fade(rule)}) FILTER (WHERE {where}) AS w{i}")
            params += values
    join, values = _join_fades([rule for rule in rules if rule.fades], now)
    params += values
    where, values = _where(countable_q(as_of) & _among("lead", lead_ids))
    sql = f"""
        SELECT leads_activity.lead_id, {", ".join(columns)} FROM leads_activity {join}
        WHERE {where} GROUP BY leads_activity.lead_id
    """  # noqa: S608  (generated from our own names; every value is a parameter)
    return sql, [*params, *values]


def _last_at():
    return f"MAX(happened_at) FILTER (WHERE kind <> '{Activity.Kind.NOTE.value}') AS last_at"


def _join_fades(rules, now):
    """The weight of an activity by its age in whole days, a column for each way to fade, so that
    each power is computed once. OFFSET 0 keeps it so; who is older than the table has no weight."""
    if not rules:
        return "", []
    oldest = max(rule.decay_days * (_GONE if rule.decay == "half_life" else 1) for rule in rules)
    columns = sorted({f"{_weight(rule)} AS {_fade(rule)}" for rule in rules})
    join = f"""
        LEFT JOIN (
            SELECT age, {", ".join(columns)} FROM generate_series(0, {oldest}) AS age OFFSET 0
        ) AS fades ON fades.age = GREATEST(
            0, FLOOR(date_part('epoch', %s - leads_activity.happened_at) / 86400)
        )::int
    """  # noqa: S608
    return join, [now]


def _fade(rule):
    return f"{rule.decay}_{rule.decay_days}"


def _weight(rule):
    days = rule.decay_days
    if rule.decay == "step":
        return f"CASE WHEN age < {days} THEN {WHOLE} ELSE 0 END"
    return f"ROUND(POWER(0.5::float8, age / {days}::float8) * {WHOLE})::int"


def _matched(rulebook, lead_ids, now, as_of):
    """1 or 0 for each rule on facts, and for all that is no plain count of activities."""
    holds = {}
    for i, rule in enumerate(rulebook.rules):
        if not rule.counts_activities:
            q = to_q(rule.condition, now=now, as_of=as_of, attributes=rulebook.attributes)
            holds[f"n{i}"] = Case(When(q, then=1), default=0)
    leads = Lead.objects.filter(_among("pk", lead_ids)).order_by()
    return leads.values(lead_id=F("pk"), **holds).query.sql_with_params()


def _columns(i, rule):
    if not rule.counts_activities:
        return f", n{i}"
    times = rule.condition.get("times", 1)
    enough = f"COALESCE(n{i}, 0) >= {times:d}"
    columns = f", CASE WHEN {enough} THEN n{i} ELSE 0 END AS n{i}"
    return columns + (
        f", CASE WHEN {enough} THEN COALESCE(w{i}, 0) ELSE 0 END AS w{i}" if rule.fades else ""
    )


def _where(q):
    """(sql, params) of a Q over activities."""
    query = Activity.objects.filter(q).query
    sql, params = query.get_compiler(connection=connection).compile(query.where)
    return sql, list(params)


def _among(name, lead_ids):
    return Q() if lead_ids is None else Q(AnyOf(F(name), lead_ids))
