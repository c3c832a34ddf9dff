"""The frame of imports that take rows as they come: chunks, progress, rejected rows, resuming.

A chunk is one transaction with its progress; a killed worker goes on behind the last one.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from intake import jobs, staging
from intake.cells import Rejected
from intake.limits import CHUNK
from intake.models import ImportChange, RejectedRow
from intake.reading import Record, records_of
from leads.changes import recording

ATTEMPTS = 3


@dataclass
class Line:
    """A row of the file with what it says; `outcome` (created, updated, unchanged) or `refusal`
    (words) are the answer."""

    record: Record
    said: dict = field(default_factory=dict)
    outcome: str = ""
    refusal: str = ""


def run(job, reader, take):
    """`take(lines)` writes those that have no refusal, and answers on each. Raises jobs.Stopped."""
    job.refresh_from_db(fields=["read"])
    rest = islice(records_of(job), job.read, None)
    while chunk := list(islice(rest, CHUNK)):
        _retried(job, reader, take, chunk)


def changed(job, subject, rows):
    """Note what this import did, for the roll back: [(id, before, after)]; see ImportChange."""
    ImportChange.objects.bulk_create(
        ImportChange(job=job, subject=subject, subject_id=pk, before=before, after=after)
        for pk, before, after in rows
    )


def _retried(job, reader, take, chunk):
    """Somebody else may write the same row at this moment; then there is one to find."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(), recording(f"import {job.pk}"):
                jobs.hold(job)
                _take_chunk(job, reader, take, chunk)
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS or not connection.is_usable():
                raise
        else:
            return


def _take_chunk(job, reader, take, chunk):
    lines = [Line(record) for record in chunk if not record.is_blank]
    for line in lines:
        try:
            line.said = reader.row(line.record)
        except Rejected as error:
            line.refusal = str(error)
    if going := [line for line in lines if not line.refusal]:
        take(going)
    rejected = [staging.turned_away(job, one.record, one.refusal) for one in lines if one.refusal]
    RejectedRow.objects.bulk_create(rejected)
    counted = Counter(line.outcome for line in lines if not line.refusal)
    jobs.advance(
        job,
        read=F("read") + len(chunk),
        skipped=F("skipped") + len(chunk) - len(lines),
        failed=F("failed") + len(rejected),
        **{name: F(name) + counted[name] for name in ("created", "updated", "unchanged")},
    )
