"""`manage.py export_leads --columns email,score,grade > FILE`: leads as CSV, line by line."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from leads import exporting
from leads.refusals import Refusal
from leads.spreadsheets import csv_lines


class Command(BaseCommand):
    help = "Write all leads as CSV; no cell of it is taken for a formula."

    def add_arguments(self, parser):
        parser.add_argument("--columns", required=True, help="separated by commas")

    def handle(self, *, columns, **options):
        named = [name.strip() for name in columns.split(",") if name.strip()]
        try:
            rows = exporting.rows(named)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        with transaction.atomic():  # the rows stream through a cursor of the server
            for line in csv_lines(rows):
                self.stdout.write(line, ending="")
