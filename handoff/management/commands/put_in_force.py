"""`manage.py put_in_force MODEL`: for demo and test companies; refused in production."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from handoff import starters, trial
from leads.refusals import Refusal
from scoring import versions


class Command(BaseCommand):
    help = "Put a scoring model in force without asking for signatures; never in production."

    def add_arguments(self, parser):
        parser.add_argument("model", help="version or name of the scoring model")
        parser.add_argument(
            "--starter",
            choices=starters.NAMES,
            default=starters.NAMES[0],
            help="the agreement, where none is in force",
        )

    def handle(self, *, model, starter, **options):
        if settings.PRODUCTION:
            raise CommandError("In production two managers sign the agreement.")
        try:
            agreement = trial.put_in_force(
                versions.named(model), starter=starter, now=timezone.now()
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{agreement} is in force, with {agreement.scoring_model}.")
