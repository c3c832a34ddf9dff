"""A market to measure on: people, and leads in the usual mix of stages with all that led there."""

from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from bench import crowd
from bench.figures import clock
from handoff import agreements, checking, reviewing
from leads.models import Lead

BEFORE = timedelta(days=800)  # the oldest company is as old


def fill(leads, *, teams=4, reps=40, mix="usual"):
    """Write so many leads; refuses to go on with data that breaks a law of the domain.

    `mix`: "usual", or "full" for queues in which most of the leads wait.
    """
    crowd.gather(teams=teams, reps=reps, signed_at=timezone.now() - BEFORE)
    with clock() as took, transaction.atomic(), connection.cursor() as cursor:
        for name, value in {"leads": leads, "mix": mix}.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"bench.{name}", str(value)])
        for statement in _statements():
            cursor.execute(statement)
        place()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    with clock() as checked:
        problems = checking.problems()
    if problems:
        raise SystemExit(f"The data breaks {len(problems)} laws, first: {problems[0]}")
    print(f"{leads:,} leads made in {took.seconds:.0f} s, laws checked in {checked.seconds:.0f} s")


def place():
    """Put the leads where the review looks for them."""
    leads = Lead.objects.order_by("pk").values_list("pk", flat=True)
    reviewing.place(agreements.in_force(), leads, now=timezone.now())


def _statements():
    """The parts of market.sql; a semicolon at the end of a line ends one."""
    text = Path(__file__).with_name("market.sql").read_text()
    return [part for part in text.split(";\n") if part.strip()]
