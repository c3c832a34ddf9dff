"""A draft against the agreement in force over 12 weeks of history, as the job behind the page."""

import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from django.db import connection, transaction
from django.utils import timezone

from bench import database, market
from bench.figures import Verdict, clock, table
from handoff import agreements
from handoff.preview.comparing import SIDES
from leads.models import Activity, Lead
from scoring import computing, versions
from scoring.models import Computation, Rule

BAR = 60  # seconds


def run(small):
    leads, activities = (5_000, 100_000) if small else (50_000, 1_000_000)
    name = f"leadops_bench_preview_{leads}"
    database.filled(name, lambda: _fill(leads, activities))
    draft = versions.duplicate(_in_force())
    _change(draft)
    job, seconds, steps = _compute(draft)
    result = job.result
    table([[words, took] for words, took in steps], "step", "seconds")
    table(
        [
            ["MQL now", *(result["qualifying"][side] for side in SIDES)],
            ["MQLs a week", *(result["per_week"][side] for side in SIDES)],
            ["decisions of sales", result["outcomes"]["cycles"], ""],
            ["leave, enter", *(result["moves"][name]["total"] for name in ("leaves", "enters"))],
        ],
        f"{Lead.objects.count():,} leads, {Activity.objects.count():,} activities",
        "now",
        "draft",
    )
    longest = max(took for _words, took in steps)
    return Verdict(f"{seconds:.1f}s,step={longest:.1f}s", f"{BAR}s", seconds <= BAR)


def _compute(draft):
    """The job as a worker runs it; how long it took, and each of its steps."""
    now = timezone.now()
    job = Computation.objects.create(
        kind="preview",
        params={"model": draft.version, "weeks": 12},
        created_at=now,
        heartbeat_at=now,
    )
    steps = []
    with clock() as took, _timed(steps):
        computing.run(job.pk)
    job.refresh_from_db()
    if job.state != Computation.State.DONE:
        raise SystemExit(f"The preview is {job.state}: {job.error}")
    return job, took.seconds, steps


@contextmanager
def _timed(steps):
    """Note what each step of a computation took: [(words, seconds)]."""
    write, at = computing.Progress._write, time.perf_counter()

    def timed(progress, **said):
        nonlocal at
        steps.append((said.get("step") or "results", time.perf_counter() - at))
        write(progress, **said)
        at = time.perf_counter()

    with mock.patch.object(computing.Progress, "_write", timed):
        yield


def _fill(leads, activities):
    market.fill(leads)
    with clock() as took, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('bench.activities', %s, true)", [str(activities)])
        cursor.execute(Path(__file__).with_suffix(".sql").read_text())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{activities:,} activities made in {took.seconds:.0f} s")


def _in_force():
    return agreements.in_force().scoring_model


def _change(draft):
    """Half of the rules on activities fade, titles and sites count for more, prices for less."""
    sites = {"field": "attr.sites", "op": "gte", "value": 20}
    Rule.objects.create(model=draft, kind="fit", condition=sites, points=6)
    draft.rules.filter(name__startswith="Answers for").update(points=18)
    draft.rules.filter(name="Looked at prices").update(points=4)
    counting = draft.rules.filter(kind="engagement", condition__has_key="did")
    for rule in list(counting)[::2]:
        draft.rules.filter(pk=rule.pk).update(decay="half_life", decay_days=30)
