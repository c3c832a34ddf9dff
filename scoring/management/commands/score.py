"""`manage.py score --model NAME [--as-of T]`: the scores that a model gives to all leads."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from leads.refusals import Refusal
from scoring import scores, versions
from scoring.statement import statement


class Command(BaseCommand):
    help = (
        "Score all leads by a published model, at once and in this process, and print the grades."
        " With --as-of nothing is written: it tells how many leads had which grade then."
    )

    def add_arguments(self, parser):
        parser.add_argument("--model", required=True, help="version or name of the scoring model")
        parser.add_argument(
            "--as-of", type=_moment, metavar="T", help="2026-05-21T10:00+02:00: as known then"
        )

    def handle(self, *, model, as_of, **options):
        try:
            found = versions.named(model)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        now = timezone.now()
        if as_of is None:
            if not found.is_published:
                raise CommandError(f"{found} is a draft: its scores could not be explained later.")
            changed = scores.rescore(None, found, now=now)
            self.stdout.write(f"{found}: {changed} leads have a new score")
        elif as_of > now:
            raise CommandError("What will be known then, nobody knows.")
        for grade, leads, average in _grades(found, now, as_of):
            self.stdout.write(f"  {grade}  {leads:>9}  {average:8.2f} points on average")


def _grades(model, now, as_of):
    """(grade, leads, average score) of those who were there."""
    sql, params = statement(versions.rulebook(model), None, now=now, as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.grade, count(*), avg(s.score) FROM ({sql}) AS s
            JOIN leads_lead AS lead ON lead.id = s.lead_id AND lead.created_at <= %s
            GROUP BY s.grade ORDER BY s.grade
            """,  # noqa: S608  (our own statement; every value is a parameter)
            [*params, as_of or now],
        )
        return cursor.fetchall()


def _moment(text):
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
