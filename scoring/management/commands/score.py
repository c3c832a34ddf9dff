"""`manage.py score --model NAME [--as-of T]`: the scores that a model gives to all leads."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from leads.models import Lead
from leads.refusals import Refusal
from scoring import scores, versions


class Command(BaseCommand):
    help = "Score all leads by a published model, at once and in this process; prints the grades."

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
        if not found.is_published:
            raise CommandError(f"{found} is a draft: its scores could not be explained later.")
        now = as_of or timezone.now()
        changed = scores.rescore(None, found, now=now, as_of=as_of)
        self.stdout.write(f"{found}: {changed} of {Lead.objects.count()} leads have a new score")
        grades = Lead.objects.exclude(grade="").values("grade").annotate(leads=Count("pk"))
        for row in grades.order_by("grade"):
            self.stdout.write(f"  {row['grade']}  {row['leads']}")


def _moment(text):
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
