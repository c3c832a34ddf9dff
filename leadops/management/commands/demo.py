"""Fill an empty database with the demo company; --anew empties it first. Never in production."""

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from leadops.demo import people
from leadops.demo.history import DAYS, History
from leads.models import LeadEvent
from notify import reactions


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--leads", type=int, default=2_000)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--anew", action="store_true", help="delete everything first")

    def handle(self, *args, leads, seed, anew, **options):
        if settings.PRODUCTION:
            raise CommandError("There is no demo in production mode.")
        if anew:
            call_command("flush", interactive=False, verbosity=0)
        if User.objects.exists():
            raise CommandError("This database is in use; --anew deletes everything first.")
        # The simulated clock judges by itself; the worker would judge by today's.
        for step in settings.LEAD_PIPELINE.values():
            step["reactions"] = []
        history = History(people.hire(), now=timezone.now(), leads=leads, seed=seed)
        history.live(self._say)
        self._tell(history.now)
        self.stdout.write(f"Made the demo company: {leads} leads in {DAYS} days.")

    def _tell(self, now):
        """Of the last day only: what is older, people have read."""
        news = LeadEvent.objects.filter(happened_at__gte=now - timedelta(days=1))
        reactions.tell(list(news.values_list("pk", flat=True)), now=now)

    def _say(self, day):
        if day % 30 == 0:
            self.stdout.write(f"  day {day} of {DAYS}")
            self.stdout.flush()
