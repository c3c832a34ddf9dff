"""`manage.py import_activities FILE --mapping M.json`: activities of leads."""

from intake.management.importing import ImportCommand
from intake.models import ImportJob


class Command(ImportCommand):
    help = "Import activities of leads from a file."
    kind = ImportJob.Kind.ACTIVITIES
