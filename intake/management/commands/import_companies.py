"""`manage.py import_companies FILE --mapping M.json`: companies."""

from intake.management.importing import ImportCommand
from intake.models import ImportJob


class Command(ImportCommand):
    help = "Import companies from a file."
    kind = ImportJob.Kind.COMPANIES
