"""Activities over HTTP by batches, beside one bare INSERT of as many rows for each batch."""

import http.client
import json
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts import keys
from accounts.models import ApiKey
from bench import database, market
from bench.figures import Verdict, at, clock, table
from bench.web import serving
from leads.models import Activity, Lead

PER_SECOND = 3_000  # the bar
SIZE = 1_000  # activities in a batch
KINDS = ["page_view", "email_open", "email_click", "download", "form"]


def run(small):
    database.fresh("leadops_bench_api")
    market.fill(10_000 if small else 100_000, teams=1, reps=4)
    secret = _key()
    leads = dict(Lead.objects.exclude(email="").order_by("pk").values_list("email", "pk"))
    emails = list(leads)
    batches = 10 if small else 100
    bare, sent, again = [], [], []
    with serving(workers=1) as port:
        sender = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(batches + 1):  # in turns; what comes first warms up
            items = _items(number, emails)
            sent.append(_send(sender, secret, {"items": items}, "recorded"))
            again.append(_send(sender, secret, {"items": items}, "known"))
            bare.append(_insert(items, leads))
    _check(batches + 1)
    table(
        [
            ["bare INSERT of as many rows", *_line(bare[1:])],
            ["POST /activities", *_line(sent[1:])],
            ["the same again: all known", *_line(again[1:])],
        ],
        f"{batches} batches of {SIZE:,}",
        "p50 ms",
        "p95 ms",
        "activities/s",
    )
    rate, times = _rate(sent[1:]), sum(sent[1:]) / sum(bare[1:])
    return Verdict(f"{rate:,.0f}/s,{times:.1f}x", f"{PER_SECOND:,}/s", rate >= PER_SECOND)


def _key():
    key = ApiKey(name="bench", scopes=[ApiKey.Scope.WRITE_ACTIVITIES])
    return keys.make(key, by=None, now=timezone.now())


def _items(number, emails):
    """Of leads from all over the table, each batch of others."""
    now = timezone.now() - timedelta(hours=1)
    first = number * SIZE
    return [
        {
            "lead": {"email": emails[(i * 7_919) % len(emails)]},
            "kind": KINDS[i % len(KINDS)],
            "happened_at": (now + timedelta(seconds=i % 3_000)).isoformat(timespec="seconds"),
            "subject": f"/pages/{i % 40}",
            "external_id": f"visit-{i}",
            "properties": {"user_agent": "Mozilla/5.0 (X11; Linux x86_64)", "method": "GET"},
        }
        for i in range(first, first + SIZE)
    ]


def _send(sender, secret, body, outcome):
    """Milliseconds until all of it was answered, on a kept connection."""
    text = json.dumps(body)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with clock() as took:
        sender.request("POST", "/api/v1/activities", text, headers)
        response = sender.getresponse()
        answer = response.read()
    if response.status != 200 or json.loads(answer)[outcome] != SIZE:
        raise SystemExit(f"{response.status}: {answer[:300].decode()}")
    return took.seconds * 1000


def _insert(items, leads):
    """Milliseconds of the same rows under other ids, by the shortest statement that writes them."""
    now = timezone.now()
    rows = [
        (
            leads[one["lead"]["email"]],
            one["kind"],
            one["happened_at"],
            now,
            one["subject"],
            json.dumps(one["properties"]),
            f"bare-{one['external_id']}",
        )
        for one in items
    ]
    with connection.cursor() as cursor, clock() as took:
        cursor.execute(_BARE, [list(column) for column in zip(*rows, strict=True)])
    return took.seconds * 1000


def _check(batches):
    """Nothing lost, nothing twice."""
    stored = Activity.objects.filter(source="bench").count()
    if stored != batches * SIZE:
        raise SystemExit(f"{stored:,} of {batches * SIZE:,} activities are there.")


def _line(milliseconds):
    return at(0.5, milliseconds), at(0.95, milliseconds), _rate(milliseconds)


def _rate(milliseconds):
    return SIZE * len(milliseconds) * 1000 / sum(milliseconds)


_BARE = """
    INSERT INTO leads_activity (lead_id, kind, happened_at, recorded_at, subject, body, properties,
        actor_class, classified_by, source, external_id)
    SELECT lead_id, kind, happened_at, recorded_at, subject, '', properties, 'human', '', 'bare',
        external_id
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
        %s::jsonb[], %s::text[])
        AS t (lead_id, kind, happened_at, recorded_at, subject, properties, external_id)
"""
