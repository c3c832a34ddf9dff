"""What imports know of a person: rows that were turned away, what a batch changed, the files; and
forms that they sent and nobody took in.

No such row points to a lead; they are found by the id of the lead in the undo log, by the import
that its events and changes name, and by its keys.
"""

import re

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from intake.models import ImportChange, ImportJob, RejectedRow, StagedRow, Submission
from leads.dossier import as_rows
from leads.erasing import numbers_of
from leads.models import Activity, FieldChange, LeadEvent
from leads.phones import international, phone_key
from leads.refusals import Conflict
from leads.tombstones import Kind

Subject = ImportChange.Subject
ERASED = "The person was erased."
BUSY = [*ImportJob.LIVE, ImportJob.State.TRYING, ImportJob.State.UNDOING]


def forget(erasure):
    """Their rows say nothing any more, nothing of them is rolled back, and the files that brought
    them are gone. A file that waits to be imported stays: its rows are turned away (tombstones).

    Raises Conflict while an import is on its way that has read such a row already.
    """
    staged = _staged(erasure)
    if staged.filter(job__state__in=BUSY).exists():
        raise Conflict(_("An import that names this person is running. Try again when it is done."))
    jobs = _jobs(erasure.lead_ids, erasure.keys)
    for row in _rejected(erasure.keys):
        row.values, row.email, row.external_id, row.reason = [], "", "", ERASED
        row.save()
    _changes(erasure.lead_ids).delete()
    _sent(erasure.keys, erasure.lead_ids).delete()
    staged.delete()
    for job in ImportJob.objects.filter(pk__in=jobs).exclude(
        state__in=[ImportJob.State.UPLOADED, *BUSY]
    ):
        drop_file(job)


def drop_file(job):
    """The file, and what a look at it kept."""
    name, storage = job.file.name, job.file.storage
    job.file, job.trial = "", None
    job.columns = [column | {"samples": []} for column in job.columns]
    job.save(update_fields=["file", "trial", "columns"])
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def beside(lead_ids, keys):
    """For the export: (title, rows)."""
    yield "Changes by imports", as_rows(_changes(lead_ids).order_by("pk"))
    rejected = [{"import": one.job_id, "line": one.line, "cells": one.values, "why": one.reason}
                for one in _rejected(keys)]  # fmt: skip
    yield "Rows of imports that were rejected", rejected
    yield "Forms that were not taken in", as_rows(_sent(keys, lead_ids).order_by("pk"))
    jobs = ImportJob.objects.filter(pk__in=_jobs(lead_ids, keys)).order_by("pk")
    yield "Imports that brought them", list(jobs.values("id", "name", "created_at"))


def _sent(keys, lead_ids):
    """Forms of theirs that nobody has taken in; the others point to the lead."""
    emails = [value for kind, value in keys if kind == Kind.EMAIL]
    waiting = Submission.objects.filter(lead=None)
    typed = Lower(KeyTextTransform("lead.email", "payload"))
    theirs = Q(typed__in=emails) | Q(pk__in=_called(waiting, numbers_of(keys, lead_ids)))
    return waiting.alias(typed=typed).filter(theirs)


def _called(waiting, numbers):
    """The ids of those in which no address but one of these numbers tells who it is."""
    if not numbers:
        return []
    nameless = waiting.filter(payload__has_key="lead.phone").exclude(payload__has_key="lead.email")
    return [
        pk
        for pk, said in nameless.values_list("pk", "payload").iterator()
        if phone_key(international(said["lead.phone"], said.get("lead.country", ""))) in numbers
    ]


def _staged(erasure):
    rows = StagedRow.objects.annotate(address=Lower("email"))
    emails = [value for kind, value in erasure.keys if kind == Kind.EMAIL]
    theirs = _named(erasure.keys) | Q(address__in=emails)
    return rows.filter(theirs | Q(person__in=[-pk for pk in erasure.lead_ids]))


def _rejected(keys):
    """Rows of these keys, also where the address only stands in a cell, however it is written."""
    emails = [value for kind, value in keys if kind == Kind.EMAIL]
    written = Q(pk__in=RawSQL(_WRITTEN, [_ADDRESS, emails])) if emails else Q()  # noqa: S611
    rows = RejectedRow.objects.filter(_named(keys) | written) if keys else []
    return sorted(rows, key=lambda row: row.pk)


def _named(keys):
    """Rows that hold one of these keys in a column of their own."""
    emails = [value for kind, value in keys if kind == Kind.EMAIL]
    ids = [value.partition(":")[2] for kind, value in keys if kind == Kind.EXTERNAL_ID]
    return Q(email__in=emails) | Q(external_id__in=ids)


def _changes(lead_ids):
    activities = Activity.objects.filter(lead__in=lead_ids).values("pk")
    events = LeadEvent.objects.filter(lead__in=lead_ids).values("pk")
    return ImportChange.objects.filter(
        Q(subject__in=[Subject.LEAD, Subject.ATTRIBUTES], subject_id__in=lead_ids)
        | Q(subject=Subject.ACTIVITY, subject_id__in=activities)
        | Q(subject=Subject.EVENT, subject_id__in=events)
    )


def _jobs(lead_ids, keys):
    """The ids of imports that created or changed these leads, or turned a row of theirs away."""
    events = LeadEvent.objects.filter(lead__in=lead_ids, details__has_key="import")
    found = {
        one for one in events.values_list("details__import", flat=True) if isinstance(one, int)
    }
    changes = FieldChange.objects.filter(subject__in=["lead", "attr"], subject_id__in=lead_ids)
    sources = changes.filter(source__startswith="import ").values_list("source", flat=True)
    found |= {
        int(named[1]) for one in sources if (named := re.fullmatch(r"import (\d{1,18})", one))
    }
    found |= set(_changes(lead_ids).values_list("job", flat=True))
    return found | {row.job_id for row in _rejected(keys)}


# Every address in a row is looked up, so that many people cost one pass.
_ADDRESS = r"[^\s\"<>(),;:\[\]\\]+@[^\s\"<>(),;:\[\]\\]+[^\s\"<>(),;:\[\]\\.]"
_WRITTEN = """
    SELECT r.id FROM intake_rejectedrow r, regexp_matches(lower(r.values::text), %s, 'g') found
    WHERE found[1] = ANY(%s)
"""
