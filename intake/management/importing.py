"""`manage.py import_… FILE`: the import of the page, at once and in this process."""

import json
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from intake import importing, jobs
from intake.models import ImportJob
from leads.refusals import Refusal


class ImportCommand(BaseCommand):
    """Exit status 1, and the reason on stderr, when nothing or not all of the file was read; rows
    that are rejected are printed, and no failure."""

    kind = ImportJob.Kind.LEADS
    guesses = False  # a mapping, where none is given

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping",
            type=Path,
            required=not self.guesses,
            help="JSON; its form: docs/importing.md",
        )
        parser.add_argument("--system", default="", help="whose external ids the file holds")
        parser.add_argument("--by", metavar="EMAIL", help="who imports; default: the system")

    def handle(self, *, file, mapping, by, system="", **options):
        try:
            chosen = json.loads(mapping.read_text()) if mapping else None
            person = User.objects.get(email__iexact=by) if by else None
            with file.open("rb") as opened:
                job = jobs.upload(
                    File(opened), name=file.name, by=person, now=timezone.now(), kind=self.kind
                )
            job.system = system[:60] or job.system
            job.save(update_fields=["system"])
            jobs.start(job, chosen or job.mapping, ring_worker=False)
        except (OSError, ValueError, User.DoesNotExist) as error:
            raise CommandError(str(error)) from error
        except Refusal as refusal:
            raise CommandError(_all_words(refusal)) from refusal
        importing.run(job.pk, now=timezone.now())
        job.refresh_from_db()
        self.report(job)

    def report(self, job):
        if job.state != ImportJob.State.DONE:
            raise CommandError(job.error or job.get_state_display())
        self.stdout.write(
            f"{job.read} rows read = {job.created} created + {job.updated} updated"
            f" + {job.unchanged} unchanged + {job.skipped} skipped + {job.failed} rejected"
        )
        for row in job.rejected.order_by("line", "pk")[:20]:
            self.stdout.write(f"  line {row.line}: {row.reason}")
        if job.failed > 20:
            self.stdout.write(f"  … and {job.failed - 20} more: {job.get_absolute_url()}")


def _all_words(refusal):
    columns = getattr(refusal, "columns", {})
    return "\n".join(f"{name}: {words}" for name, words in columns.items()) or refusal.message
