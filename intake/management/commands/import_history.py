"""`manage.py import_history FILE --mapping M.json`: past stages and outcomes of leads."""

from intake.management.importing import ImportCommand
from intake.models import ImportJob


class Command(ImportCommand):
    help = "Import past stages and outcomes of leads from a file."
    kind = ImportJob.Kind.HISTORY
