"""`manage.py import_leads FILE`: leads and their companies."""

from intake.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import leads from a file; columns are guessed where no mapping is given."
    guesses = True
