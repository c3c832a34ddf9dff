"""Ask whether the laws of the domain hold for every lead; exit status 1 when one is broken."""

from django.core.management.base import BaseCommand

from handoff.checking import problems


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        found = problems()
        for one in found:
            self.stdout.write(f"law {one.law}: lead {one.lead_id}: {one.words}")
        self.stdout.write(f"{len(found)} problems")
        if found:
            raise SystemExit(1)
