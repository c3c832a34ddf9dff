"""Fold the events of every lead again and store what differs; it should be nothing."""

from django.core.management.base import BaseCommand

from leads import cycles
from leads.models import Lead


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        wrong = cycles.differing(Lead.objects.values_list("pk", flat=True))
        cycles.rebuild(wrong)
        self.stdout.write(f"{len(wrong)} leads had cycles that differed from their events")
