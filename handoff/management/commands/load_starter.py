"""Lay a starter agreement on the table: `manage.py load_starter b2b_software`."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from handoff import starters


class Command(BaseCommand):
    help = "Load a starter agreement with its scoring model as drafts, to be edited and signed."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=starters.NAMES)

    def handle(self, *, name, **_):
        try:
            agreement = starters.load(name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{agreement} “{agreement.title}” is a draft; two managers may sign it.")
