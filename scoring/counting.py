"""What the rules of a model find, as SQL: one pass over the activities, one over the leads.

Both are set-based, for any set of leads and as of any moment.
"""

from django.db import connection
from django.db.models import Case, F, Q, When

from leads.conditions import countable_q, of_kind_q, to_q
from leads.models import Activity, Lead
from leads.querysets import AnyOf

WHOLE = 1_000_000  # the weight of a fresh activity; whole numbers add up the same in any order


def matches(rulebook, lead_ids, *, now, as_of):
    """(ctes, sql, params): `sql` selects a row for each lead: lead_id, and for the rule at
    index i: n{i} matches, and w{i}, the sum of their weights in millionths, where its points fade.
    `ctes` go before it, after WITH."""
    counted, params = _counted(rulebook.rules, lead_ids, now, as_of)
    matched, more = _matched(rulebook, lead_ids, now, as_of)
    # MATERIALIZED keeps the planner from counting again for each lead, as it would on tables that
    # it holds for empty.
    ctes = f"counted AS MATERIALIZED ({counted}), matched AS ({matched})"
    columns = "".join(_columns(i, rule) for i, rule in enumerate(rulebook.rules))
    sql = f"SELECT lead_id{columns} FROM matched LEFT JOIN counted USING (lead_id)"  # noqa: S608
    return ctes, sql, [*params, *more]


def _counted(rules, lead_ids, now, as_of):
    """One row for each lead that did anything: how often each rule on activities matches."""
    columns, params = [], []
    for i, rule in enumerate(rules):
        if not rule.counts_activities:
            continue
        where, values = _where(of_kind_q(rule.condition, now=now))
        columns.append(f"COUNT(*) FILTER (WHERE {where}) AS n{i}")
        params += values
        if rule.fades:
            columns.append(f"{_weight(rule, where)} AS w{i}")
            params += values
    aged, values = _aged(countable_q(as_of) & _among("lead", lead_ids), now)
    # Aliased as the table itself, whose columns the conditions name.
    sql = f"""
        SELECT {", ".join(["lead_id", *columns])} FROM ({aged}) AS leads_activity GROUP BY lead_id
    """  # noqa: S608  (generated from our own names; every value is a parameter)
    return sql, [*params, *values]


def _weight(rule, where):
    """The sum of the weights of the activities `where` a rule matches."""
    days = rule.decay_days
    if rule.decay == rule.Decay.STEP:
        return f"{WHOLE} * COUNT(*) FILTER (WHERE {where} AND age < {days})"
    # After 21 halves nothing is left; beyond a thousand PostgreSQL refuses the power.
    weight = f"ROUND(POWER(0.5::float8, LEAST(age / {days}, 64)) * {WHOLE})::int"
    return f"SUM({weight}) FILTER (WHERE {where})"


def _aged(q, now):
    """The activities with their age in whole days. OFFSET 0: computed once, not for each rule."""
    where, params = _where(q)
    age = "GREATEST(0, FLOOR(date_part('epoch', %s - happened_at) / 86400))"
    sql = f"SELECT *, {age} AS age FROM leads_activity WHERE {where} OFFSET 0"  # noqa: S608
    return sql, [now, *params]


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
