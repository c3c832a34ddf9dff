"""`manage.py import_costs FILE --mapping M.json`: what campaigns cost."""

from intake.management.importing import ImportCommand
from intake.models import ImportJob


class Command(ImportCommand):
    help = "Import the costs of campaigns from a file."
    kind = ImportJob.Kind.COSTS
