"""What intake need not keep: files, rows and forms that were turned away, the undo log."""

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from intake.forgetting import BUSY, drop_file
from intake.models import ImportChange, ImportJob, RejectedRow, Submission
from leads.retention import Kept


def ended_before(edge):
    """Imports that ended by then, and those that nobody ever started."""
    jobs = ImportJob.objects.exclude(state__in=BUSY)
    return jobs.annotate(over=Coalesce("finished_at", "created_at")).filter(over__lt=edge)


def with_files(edge):
    return ended_before(edge).exclude(file="")


def drop_files(ids, now):
    """A file that was never mapped cannot be any more."""
    for job in ImportJob.objects.filter(pk__in=ids):
        drop_file(job)
    waiting = ImportJob.objects.filter(pk__in=ids, state=ImportJob.State.UPLOADED)
    waiting.update(state=ImportJob.State.CANCELLED, finished_at=now)


def rejected_before(edge):
    return RejectedRow.objects.filter(job__in=ended_before(edge))


def drop_rejected(ids, now):
    RejectedRow.objects.filter(pk__in=ids).delete()


def changed_before(edge):
    return ImportChange.objects.filter(job__in=ended_before(edge))


def drop_changes(ids, now):
    ImportChange.objects.filter(pk__in=ids).delete()


def aside_before(edge):
    """Forms that were put aside: suspected, or dropped."""
    return Submission.objects.filter(
        lead=None, state__in=["suspected", "dropped"], received_at__lt=edge
    )


def drop_forms(ids, now):
    Submission.objects.filter(pk__in=ids).delete()


FORMS = Kept(_("Forms that were put aside"), aside_before, drop_forms, months=6)
FILES = Kept(_("Files of imports"), with_files, drop_files, months=12, active=True)
ROWS = Kept(_("Skipped and failed rows of imports"), rejected_before, drop_rejected, months=12)
CHANGES = Kept(  # an import can be rolled back for 30 days
    _("The undo log of imports"), changed_before, drop_changes, months=2, active=True
)
