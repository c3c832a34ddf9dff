"""The one SQL statement that scores leads by a model: generated, set-based, as of any moment.

Rescoring writes its rows; ledger and reasons read them. Nothing else computes points.
"""

from decimal import Decimal

from django.db import connection
from django.db.models import Case, Count, DecimalField, F, Max, Q, When
from django.db.models.expressions import RawSQL

from leads.conditions import activity_q, to_q
from leads.models import Activity, Lead
from leads.querysets import AnyOf
from scoring.bands import grade_case
from scoring.prepared import Prepared, prepare

MOST = Decimal("99999.99")  # of one rule without a cap: keeps every sum within its column


def statement(rulebook, lead_ids=None, *, now, as_of=None):
    """(sql, params) of a SELECT with a row for each of these leads; None: for all.

    Columns: lead_id, last_at (its newest human activity), fit, engagement, score, grade, and for
    the rule at index i: n{i} matches, raw{i} = points × matches, counts{i} = raw up to the cap.
    A cap bounds points in their own direction: with cap 10 a rule of −5 takes at most 10 away.
    """
    lead_ids = None if lead_ids is None else list(lead_ids)
    kept = _kept(rulebook, lead_ids is None, as_of is None)
    if kept is None:
        return _generated(rulebook, lead_ids, now, as_of)
    return kept.fill(lead_ids, as_of or now)


def _kept(rulebook, everybody, at_present):
    """The statement of a published model, which nobody can change; None when there is none."""
    model = rulebook.model
    if not model.is_published:
        return None
    key = (model.pk, model.published_at, everybody, at_present)
    if key not in _KEPT:
        _KEPT[key] = prepare(
            lambda ids, moment: _generated(
                rulebook, None if everybody else ids, moment, None if at_present else moment
            )
        )
    return _KEPT[key]


_KEPT: dict[tuple, Prepared | None] = {}


def _generated(rulebook, lead_ids, now, as_of):
    model, rules = rulebook.model, rulebook.rules
    counted, counted_params = _counted(rules, lead_ids, now, as_of)
    matched, matched_params = _matched(rulebook, lead_ids, now, as_of)
    points, points_params = _points(rules)
    fit, fit_params = _sum(rules, "fit", model.fit_cap)
    engagement, engagement_params = _sum(rules, "engagement", model.engagement_cap)
    grade, grade_params = _grade(model)
    # OFFSET 0 keeps the planner from computing a column again wherever it is used, MATERIALIZED
    # from counting again for each lead, as it would on tables that it holds for empty.
    sql = f"""
        WITH counted AS MATERIALIZED ({counted}),
        matched AS ({matched}),
        matches AS (
            SELECT lead_id, last_at{_matches(rules)}
            FROM matched LEFT JOIN counted USING (lead_id) OFFSET 0
        ),
        points AS (SELECT *{points} FROM matches),
        capped AS (SELECT *, {fit} AS fit, {engagement} AS engagement FROM points OFFSET 0)
        SELECT *, fit + engagement AS score, {grade} AS grade FROM capped
    """  # noqa: S608  (generated from our own names; every value is a parameter)
    params = [counted_params, matched_params, points_params, fit_params, engagement_params]
    return sql, [one for some in [*params, grade_params] for one in some]


def counts_activities(rule):
    """Is the whole condition "did KIND …"? Then each activity counts, else the lead once."""
    return "did" in rule.condition


def _counted(rules, lead_ids, now, as_of):
    """One pass over the activities: how many match each rule."""
    human = activity_q({"did": "any"}, now=now, as_of=as_of)
    counts = {
        f"n{i}": Count("pk", filter=activity_q(rule.condition, now=now, as_of=as_of))
        for i, rule in enumerate(rules)
        if counts_activities(rule)
    }
    activities = Activity.objects.filter(_among("lead", lead_ids)).order_by().values("lead_id")
    last_at = Max("happened_at", filter=human)
    return activities.annotate(last_at=last_at, **counts).query.sql_with_params()


def _matched(rulebook, lead_ids, now, as_of):
    """1 or 0 for each rule on facts, and for all that is no plain count of activities."""
    holds = {}
    for i, rule in enumerate(rulebook.rules):
        if not counts_activities(rule):
            q = to_q(rule.condition, now=now, as_of=as_of, attributes=rulebook.attributes)
            holds[f"n{i}"] = Case(When(q, then=1), default=0)
    leads = Lead.objects.filter(_among("pk", lead_ids)).order_by()
    return leads.values(lead_id=F("pk"), **holds).query.sql_with_params()


def _matches(rules):
    columns = []
    for i, rule in enumerate(rules):
        if counts_activities(rule):
            times = rule.condition.get("times", 1)
            columns.append(f", CASE WHEN n{i} >= {times:d} THEN n{i} ELSE 0 END AS n{i}")
        else:
            columns.append(f", n{i}")
    return "".join(columns)


def _points(rules):
    columns, params = [], []
    for i, rule in enumerate(rules):
        bound = "LEAST(%s" if rule.points >= 0 else "GREATEST(-%s"
        columns.append(f", n{i} * %s AS raw{i}, {bound}, n{i} * %s) AS counts{i}")
        params += [rule.points, MOST if rule.cap is None else rule.cap, rule.points]
    return "".join(columns), params


def _sum(rules, kind, cap):
    terms = [f"counts{i}" for i, rule in enumerate(rules) if rule.kind == kind]
    total = " + ".join(["0.00", *terms])
    return (total, []) if cap is None else (f"LEAST(%s, {total})", [cap])


def _grade(model):
    points = DecimalField(max_digits=9, decimal_places=2)
    grade = grade_case(model, RawSQL("fit", [], points), RawSQL("engagement", [], points))
    query = Lead.objects.all().query
    return query.get_compiler(connection=connection).compile(grade.resolve_expression(query))


def _among(name, lead_ids):
    return Q() if lead_ids is None else Q(AnyOf(F(name), lead_ids))
