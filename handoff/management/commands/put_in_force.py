"""`manage.py put_in_force MODEL`: for demo and test companies; refused in production."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from handoff import starters, trial
from handoff.models import Agreement
from leads.refusals import Refusal
from scoring import versions


class Command(BaseCommand):
    help = "Put a scoring model in force without asking for signatures; never in production."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("model", nargs="?", help="version or name of the scoring model")
        what.add_argument(
            "--agreement", type=int, metavar="VERSION", help="this draft, with the model it pins"
        )
        parser.add_argument(
            "--starter",
            choices=starters.NAMES,
            default=starters.NAMES[0],
            help="the agreement for the model, where none is in force",
        )

    def handle(self, *, model, agreement, starter, **options):
        if settings.PRODUCTION:
            raise CommandError("In production two managers sign the agreement.")
        try:
            if agreement is None:
                made = trial.put_model_in_force(
                    versions.named(model), starter=starter, now=timezone.now()
                )
            else:
                draft = Agreement.objects.get(version=agreement)
                made = trial.put_in_force(draft, now=timezone.now())
        except Agreement.DoesNotExist as error:
            raise CommandError(f"There is no agreement v{agreement}.") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{made} is in force, with {made.scoring_model}.")
