"""The frame of imports that take rows as they come: chunks, progress, rejected rows, resuming.

A chunk is one transaction with its progress; a killed worker goes on behind the last one. A dry run
(`trial`, see intake/held/trying.py) looks at each chunk and rolls it back.
"""

from collections import Counter
from itertools import islice

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from intake import jobs, staging
from intake.cells import Rejected
from intake.held.lines import Line
from intake.limits import CHUNK
from intake.models import ImportChange, RejectedRow
from intake.reading import records_of
from leads.changes import recording

ATTEMPTS = 3


def run(job, reader, take, keys_of, trial=None):
    """`take(lines)` writes lines and answers on each; `keys_of(lines)` lists for each by what a
    later row may mean the same. Raises jobs.Stopped."""
    job.refresh_from_db(fields=["read"])
    rest = islice(enumerate(records_of(job), 1), job.read, None)
    while chunk := list(islice(rest, CHUNK)):
        _retried(job, chunk, reader, take, keys_of, trial)


def changed(job, subject, rows):
    """Note what this import did, for the roll back: [(id, before, after)]; see ImportChange."""
    ImportChange.objects.bulk_create(
        ImportChange(job=job, subject=subject, subject_id=pk, before=before, after=after)
        for pk, before, after in rows
    )


def read(reader, line):
    """Whether it can be taken."""
    try:
        line.said = reader.row(line.record)
    except Rejected as error:
        line.refuse(error)
    return not line.refusal


def _retried(job, chunk, *how):
    """Somebody else may write the same row at this moment; then there is one to find."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic(), recording(f"import {job.pk}"):
                jobs.hold(job)
                _take_chunk(job, chunk, *how)
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS or not connection.is_usable():
                raise
        else:
            return


def _take_chunk(job, chunk, reader, take, keys_of, trial):
    lines = [Line(record, n) for n, record in chunk if not record.is_blank]
    going = [line for line in lines if read(reader, line)]
    if going and trial:
        trial.take(going, reader, take, keys_of)
    elif going:
        take(going)
    rejected = [_turned_away(job, line) for line in lines if line.refusal]
    RejectedRow.objects.bulk_create(rejected)
    skipped = sum(row.skipped for row in rejected)
    counted = Counter(line.outcome for line in lines if not line.refusal)
    jobs.advance(
        job,
        read=F("read") + len(chunk),
        skipped=F("skipped") + len(chunk) - len(lines) + skipped,
        failed=F("failed") + len(rejected) - skipped,
        **{name: F(name) + counted[name] for name in ("created", "updated", "unchanged")},
    )


def _turned_away(job, line):
    if line.is_secret:
        return RejectedRow(job=job, line=line.record.line, reason=line.refusal, values=[])
    return staging.turned_away(job, line.record, line.refusal, skipped=line.skipped)
