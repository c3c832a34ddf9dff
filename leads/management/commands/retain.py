"""Apply the rules of retention that are on; says how many rows, by kind of data."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads import retention


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="take away; else only count")
        parser.add_argument("--only", nargs="+", default=[], metavar="KIND", help="these kinds")

    def handle(self, *args, apply, only, **options):
        now = timezone.now()
        if unknown := sorted(set(only) - retention.kinds().keys()):
            known = ", ".join(retention.kinds())
            raise CommandError(f"No such kind: {', '.join(unknown)}. There are {known}.")
        if not apply:
            for rule in retention.rules():
                if not only or rule.kind in only:
                    self._count(rule, now)
            return
        for run in retention.run(now=now, only=only):
            self.stdout.write(f"{run.rule.kind}: {run.dropped} gone{_because(run.error)}")

    def _count(self, rule, now):
        n = retention.would_drop(rule, now=now)
        counted = f"more than {retention.COUNTED}" if n > retention.COUNTED else str(n)
        state = "on" if rule.active else "off"
        self.stdout.write(f"{rule.kind} ({state}, {rule.months} months): {counted} would go")


def _because(error):
    return f", stopped: {error}" if error else ""
