"""Which activities a machine made: every heuristic of docs/activity-classes.md in one statement.

Rules and agents are rows (leads/models/bot.py). What a person said of an activity stays.
"""

from datetime import UTC, datetime

from django.db import connection

from leads.changes import recording
from leads.models import Activity, BotRule

LEADS = 1_000  # in one statement
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def classify(since, *, now):
    """Look at what came in: {lead id: when the first of its new activities happened}.

    New ones may also tell on their neighbours of an hour before; nothing is cleared here.
    """
    if since:
        with recording("bot rules", now):
            _run(since, _WRITE, anew=False)


def classify_anew(since, *, now, dry_run=False):
    """Apply the rules of today to all that happened since then, batch by batch; also clear what no
    rule would say any more. Yields (heuristic, was, is, how many) of each batch."""
    for ids in _leads_since(since):
        marks = dict.fromkeys(ids, since)
        with recording("bot rules, applied again", now):
            changed = _run(marks, _SAY if dry_run else _WRITE, anew=True)
        yield from changed


def _run(since, ending, *, anew):
    rules = {rule.heuristic: rule for rule in BotRule.objects.filter(active=True)}
    parts, params = [_AGENTS], {"leads": list(since), "since": list(since.values()), "anew": anew}
    for name, rule in rules.items():
        parts.append(_FOUND[name])
        params |= {f"{name}_{key}": getattr(rule, key) for key in ("seconds", "count", "gives")}
    found = " UNION ALL ".join(parts)
    lock = "" if ending is _SAY else "ORDER BY a.id FOR NO KEY UPDATE OF a"
    with connection.cursor() as cursor:
        cursor.execute(_VERDICT.format(found=found, lock=lock) + ending, params)
        return cursor.fetchall()


def _leads_since(since):
    """Ids of the leads that did something since then, some at a time."""
    acts = Activity.objects.filter(happened_at__gte=since).order_by("lead_id").distinct()
    last = 0
    while ids := list(acts.filter(lead_id__gt=last).values_list("lead_id", flat=True)[:LEADS]):
        yield ids
        last = ids[-1]


def _in_a_row(name, kinds, key, counted, evidence):
    """Hits of one `key` within the rule's seconds of each other, as many as its count or more.

    From each hit on it counts those that follow in time, then gives each the greatest number of a
    window that it stands in. `counted`: which hits count."""
    return f"""
        SELECT id, %({name}_gives)s, '{name}',
            jsonb_build_object('{evidence}', n, 'seconds', %({name}_seconds)s::int)
        FROM (
            SELECT id, max(n) OVER (
                PARTITION BY {key} ORDER BY happened_at
                RANGE BETWEEN %({name}_seconds)s * interval '1 s' PRECEDING AND CURRENT ROW
            ) AS n
            FROM (
                SELECT *, count(*) FILTER (WHERE {counted}) OVER (
                    PARTITION BY {key} ORDER BY happened_at
                    RANGE BETWEEN CURRENT ROW AND %({name}_seconds)s * interval '1 s' FOLLOWING
                ) AS n
                FROM (
                    SELECT *, happened_at - lag(happened_at) OVER (
                        PARTITION BY {key}, link ORDER BY happened_at, id
                    ) AS pause
                    FROM looked WHERE {kinds}
                ) AS paused
            ) AS counted
        ) AS windows
        WHERE n >= %({name}_count)s
    """  # noqa: S608  (our own words; every value is a parameter)


_AGENTS = """
    SELECT l.id, g.gives, 'agent', jsonb_build_object('agent', g.text)
    FROM looked l JOIN leads_botagent g ON g.active AND strpos(l.agent, lower(g.text)) > 0
    WHERE l.agent <> ''
"""
_FOUND = {
    "links": _in_a_row(
        "links",
        "kind = 'email_click' AND message <> '' AND link <> ''",
        "lead_id, message",
        # The same link twice is one link.
        "pause IS NULL OR pause > %(links_seconds)s * interval '1 s'",
        "links",
    ),
    "repeats": _in_a_row(
        "repeats",
        "kind IN ('page_view', 'email_open', 'email_click', 'download')",
        "lead_id, kind, message, subject, link",
        "TRUE",
        "hits",
    ),
    "delivery": """
        SELECT id, %(delivery_gives)s, 'delivery', jsonb_build_object('after', round(delay, 1))
        FROM looked
        WHERE kind IN ('email_open', 'email_click') AND delay <= %(delivery_seconds)s
    """,
    "head": "SELECT id, %(head_gives)s, 'head', '{}'::jsonb FROM looked WHERE method = 'HEAD'",
}
# What was done by us, and notes, are nobody's visits. An hour back stand the neighbours.
_VERDICT = """
    WITH marks AS (
        SELECT * FROM unnest(%(leads)s::bigint[], %(since)s::timestamptz[]) AS m (lead, since)
    ),
    looked AS MATERIALIZED (
        SELECT a.id, a.lead_id, a.kind, a.subject, a.happened_at, m.since,
            lower(COALESCE(a.properties ->> 'user_agent', '')) AS agent,
            upper(a.properties ->> 'method') AS method,
            COALESCE(a.properties ->> 'link', '') AS link,
            COALESCE(NULLIF(a.properties ->> 'message_id', ''), a.subject) AS message,
            CASE WHEN jsonb_typeof(a.properties -> 'seconds_after_delivery') = 'number'
                THEN (a.properties ->> 'seconds_after_delivery')::numeric END AS delay
        FROM marks m JOIN leads_activity a
            ON a.lead_id = m.lead AND a.happened_at >= m.since - interval '1 hour'
        WHERE a.by_id IS NULL AND a.kind <> 'note'
    ),
    found (id, gives, heuristic, evidence) AS ({found}),
    verdict AS (
        SELECT DISTINCT ON (id) * FROM found ORDER BY id, gives = 'bot' DESC, heuristic
    ),
    changes AS (
        SELECT a.id, a.actor_class AS was, COALESCE(v.gives, 'human') AS gives,
            COALESCE(v.heuristic, '') AS heuristic, v.evidence, a.classified_by AS had
        FROM looked l JOIN leads_activity a ON a.id = l.id LEFT JOIN verdict v ON v.id = l.id
        WHERE a.classified_by <> 'person' AND (
            (a.actor_class = 'human' AND v.gives IS NOT NULL)
            OR (a.actor_class = 'suspected' AND v.gives = 'bot')
            OR (%(anew)s AND a.classified_by <> '' AND l.happened_at >= l.since
                AND a.actor_class <> COALESCE(v.gives, 'human'))
        ) {lock}
    )
"""
_SAY = """
    SELECT COALESCE(NULLIF(heuristic, ''), had), was, gives, count(*)
    FROM changes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_WRITE = """
    , written AS (
        UPDATE leads_activity a
        SET actor_class = c.gives, classified_by = c.heuristic, evidence = c.evidence
        FROM changes c WHERE a.id = c.id
        RETURNING c.*
    )
    SELECT COALESCE(NULLIF(heuristic, ''), had), was, gives, count(*)
    FROM written GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
