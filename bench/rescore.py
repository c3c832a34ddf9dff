"""Everybody's score: the generated statement beside the same by hand, a bare count, and a loop."""

from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from bench import database
from bench.figures import Verdict, clock, table
from leads.models import Activity, Lead
from scoring import scores, versions
from scoring.models import Rule, ScoringModel
from scoring.statement import statement

BY_HAND, BARE = 1.5, 12  # the bars: times the statement by hand, times the bare count
LOOPED = 1_000  # leads that the loop scores; it is reckoned up to all


def run(small):
    leads = 100_000 if small else 1_000_000
    database.filled(f"leadops_bench_rescore_{leads}", lambda: _fill(leads))
    model = ScoringModel.objects.get()
    now = timezone.now()
    with clock() as first:
        scores.rescore(None, model, now=now)
    _vacuum()
    differ, close = _compared(model, now)
    print(
        f"Against the statement by hand: {differ:,} of {leads:,} scores differ, all within {close}"
    )
    bare = _best(lambda day: _execute(_BARE))
    read = _best(lambda day: _execute(*_read(model, now + day)))
    by_hand_read = f"SELECT sum(score) FROM ({_by_hand()}) s"
    read_by_hand = _best(lambda day: _execute(by_hand_read, {"now": now + day}))
    ours, by_hand, changed = _written(model, now)
    loop = _looped(model, now) * leads / LOOPED
    measured = {
        "bare count by lead and kind": bare,
        "by hand, read only": read_by_hand,
        "statement, read only": read,
        "by hand, with what a day changed": by_hand,
        f"rescore, with the {changed:,} that a day changed": ours,
        "rescore, everybody for the first time": first.seconds,
        f"a loop over objects ({LOOPED:,} of them, reckoned up)": loop,
    }
    table(
        [[what, took, took / bare, leads / took] for what, took in measured.items()],
        *(f"{leads:,} leads, {Activity.objects.count():,} activities", "s", "× bare", "leads/s"),
    )
    times, bares = ours / by_hand, read / bare
    ok = times <= BY_HAND and bares <= BARE and close <= 0.02
    return Verdict(f"{times:.2f}x-by-hand,{bares:.1f}x-bare", f"{BY_HAND}x,{BARE}x", ok)


def _fill(leads):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('bench.leads', %s, true)", [str(leads)])
        for part in Path(__file__).with_name("scored_market.sql").read_text().split(";\n"):
            if part.strip():
                cursor.execute(part)
    model = ScoringModel.objects.create(version=1, name="Bench")
    Rule.objects.bulk_create(Rule(model=model, **rule) for rule in [*_FIT, *_ENGAGEMENT])
    ScoringModel.objects.filter(pk=model.pk).update(published_at=timezone.now())
    _vacuum()


def _written(model, now):
    """Seconds to write what a day changed, ours and by hand, in turns, the better of two; and how
    many scores that were."""
    ours, theirs = [], []
    for turn in range(2):
        with clock() as took:
            changed = scores.rescore(None, model, now=now + timedelta(days=2 * turn + 1))
        ours.append(took.seconds)
        _vacuum()
        with clock() as took, transaction.atomic():
            _execute(_WRITTEN.format(_by_hand()), {"now": now + timedelta(days=2 * turn + 2)})
        theirs.append(took.seconds)
        _vacuum()
    return min(ours), min(theirs), changed


def _compared(model, now):
    """How many scores differ from those by hand (floats, summed in any order), and by how much."""
    sql = f"""
        SELECT count(*), COALESCE(max(ABS(l.score - s.score)), 0)
        FROM leads_lead l JOIN ({_by_hand()}) s USING (id) WHERE l.score <> s.score
    """
    return _execute(sql, {"now": now})


def _looped(model, now):
    """Seconds of what an object-relational program does: each lead's rules in Python."""
    rulebook = versions.rulebook(model)
    with clock() as took, transaction.atomic():
        for lead in Lead.objects.select_related("company", "attributes").order_by("pk")[:LOOPED]:
            did = list(lead.activities.filter(actor_class="human"))
            fit = sum(
                rule.points for rule in rulebook.rules if rule.kind == "fit" and _holds(rule, lead)
            )
            engagement = sum(_faded(rule, did, now) for rule in rulebook.rules if rule.fades)
            lead.score, lead.scored_at = fit + round(engagement), now
            lead.save(update_fields=["score", "scored_at"])
        transaction.set_rollback(True)
    return took.seconds


def _holds(rule, lead):
    """Near enough for a baseline: the value is read and compared."""
    subject, _, name = rule.condition["field"].partition(".")
    owner = {"lead": lead, "company": lead.company}.get(subject)
    value = getattr(owner, name, None) if owner else lead.attributes.values.get(name)
    return value == rule.condition["value"]


def _faded(rule, did, now):
    own = [one for one in did if one.kind == rule.condition["did"]]
    points = sum(0.5 ** ((now - one.happened_at).days / rule.decay_days) for one in own)
    return min(float(rule.cap), float(rule.points) * points)


def _read(model, now):
    sql, params = statement(versions.rulebook(model), None, now=now)
    return f"SELECT sum(score) FROM ({sql}) s", params


def _best(run):
    """The better of two, each for another day."""
    took = []
    for turn in range(2):
        with clock() as one:
            run(timedelta(days=turn))
        took.append(one.seconds)
    return min(took)


def _execute(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def _by_hand():
    return Path(__file__).with_name("rescore_by_hand.sql").read_text()


def _vacuum():
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


_BARE = """
    SELECT sum(n) FROM (SELECT lead_id, kind, count(*) AS n FROM leads_activity GROUP BY 1, 2) s
"""
_WRITTEN = """
    WITH new AS MATERIALIZED ({}),
    changed AS (
        SELECT new.* FROM new JOIN leads_lead old USING (id)
        WHERE (old.score, old.fit, old.engagement, old.grade)
            IS DISTINCT FROM (new.score, new.fit, new.engagement, new.grade)
    ),
    written AS (
        UPDATE leads_lead l SET score = c.score, fit = c.fit, engagement = c.engagement,
            grade = c.grade, scored_at = %(now)s FROM changed c WHERE c.id = l.id RETURNING l.id
    ),
    noted AS (
        INSERT INTO scoring_scorechange (lead_id, at, score, fit, engagement, grade, model)
        SELECT c.id, %(now)s, c.score, c.fit, c.engagement, c.grade, 1
        FROM changed c JOIN leads_lead old USING (id)
        WHERE c.grade <> old.grade OR abs(c.score - old.score) >= 1
    )
    SELECT count(*) FROM written
"""


def _fact(field, op, value, points):
    condition = {"field": field, "op": op, "value": value}
    return {"kind": "fit", "condition": condition, "points": points}


def _did(kind, points, cap, days, *where):
    condition = {"did": kind} | ({"where": list(where)} if where else {})
    fades = {"decay": "half_life", "decay_days": days}
    return {"kind": "engagement", "condition": condition, "points": points, "cap": cap} | fades


_FIT = [
    _fact("company.industry", "in", ["Manufacturing", "Food", "Logistics"], 16),
    _fact("company.employees", "between", [50, 5000], 12),
    _fact("lead.country", "in", ["DE", "AT", "CH"], 4),
    _fact("lead.job_title", "contains", "manager", 6),
    _fact("lead.job_title", "is", "student", -10),
    _fact("attr.plan", "is", "pro", 8),
    _fact("attr.region", "in", ["north", "west"], 3),
    _fact("attr.sites", "gte", 3, 6),
    _fact("attr.seats", "gt", 100, 5),
    _fact("attr.own_team", "is", True, 4),
]
_ENGAGEMENT = [
    _did("page_view", 5, 15, 30, {"property": "subject", "op": "contains", "value": "/pricing"}),
    _did("page_view", 0.5, 5, 30),
    _did("page_view", 3, 6, 14, {"property": "subject", "op": "is", "value": "/contact"}),
    _did("email_open", 0.5, 4, 14),
    _did("email_click", 2, 8, 30),
    _did("download", 5, 10, 60),
    _did("form", 4, 8, 60),
    _did("webinar", 9, 18, 90),
    _did("event", 8, 8, 90),
    _did("demo_request", 20, 20, 45),
]
