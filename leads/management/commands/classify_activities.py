"""Apply the bot rules of today to what happened before; says what changes, by heuristic."""

from collections import Counter
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads import bots, deliver


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--since", type=int, metavar="DAYS", help="only what happened since then"
        )
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args, since, dry_run, **options):
        now = timezone.now()
        if since is not None and not 0 < since < 40_000:
            raise CommandError("--since: a number of days, from 1 on.")
        start = now - timedelta(days=since) if since else bots.EVER
        found = Counter()
        for heuristic, was, becomes, n in bots.classify_anew(start, now=now, dry_run=dry_run):
            found[heuristic, was, becomes] += n
        would = "would become" if dry_run else "became"
        for (heuristic, was, becomes), n in sorted(found.items()):
            self.stdout.write(f"{heuristic}: {n} {was} {would} {becomes}")
        self.stdout.write(f"{found.total()} activities {'would change' if dry_run else 'changed'}")
        if not dry_run:
            deliver.announce("changed")
