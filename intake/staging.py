"""First half of an import: read the file, clean its rows, COPY them into the staging table."""

from itertools import islice

from django.db import connection, transaction
from django.db.models import F

from intake import jobs
from intake.identity import assign_people
from intake.inserting import execute
from intake.limits import CHUNK, ROWS
from intake.models import RejectedRow
from intake.normalising import Normaliser, Rejected
from intake.reading import records_of
from intake.refusals import Unreadable

COPY = (
    "COPY intake_stagedrow (job_id, n, person, email, external_id, fields, attributes,"
    " company_domain, company_name, company) FROM STDIN"
)


def count_rows(job):
    """How many rows the file has below its header. Refuses a file that has too many."""
    total = sum(1 for _ in records_of(job))
    if total > ROWS:
        raise Unreadable(f"The file has {total:,} rows; {ROWS:,} fit into one import.")
    return total


def stage(job):
    """Stage the rows which are not staged yet, a chunk in one transaction. Raises jobs.Stopped."""
    normaliser = Normaliser(job.columns, job.mapping)
    rest = islice(enumerate(records_of(job), 1), job.read, None)
    while chunk := list(islice(rest, CHUNK)):
        with transaction.atomic():
            jobs.hold(job)
            _stage_chunk(job, normaliser, chunk)
    execute("ANALYZE intake_stagedrow")


def _stage_chunk(job, normaliser, chunk):
    rows, refused, blank = [], [], 0
    for n, record in chunk:
        if record.is_blank:
            blank += 1
            continue
        try:
            rows.append(normaliser.row(n, record))
        except Rejected as error:
            refused.append((record, error))
    clashes = assign_people(job.pk, rows)
    clashing = {row.n for row, _ in clashes}
    _copy(job, [row for row in rows if row.n not in clashing])
    rejected = [_rejected(job, record, error) for record, error in refused]
    rejected += [
        _rejected(job, row, error, email=row.email.lower(), external_id=row.external_id)
        for row, error in clashes
    ]
    RejectedRow.objects.bulk_create(rejected)
    jobs.advance(
        job,
        read=F("read") + len(chunk),
        skipped=F("skipped") + blank,
        failed=F("failed") + len(rejected),
    )


def _copy(job, rows):
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row.for_copy(job.pk))


def _rejected(job, row, error, **keys):
    cells = [cell.replace("\x00", "␀").encode("utf-8", "replace").decode() for cell in row.cells]
    return RejectedRow(job=job, line=row.line, reason=str(error)[:500], values=cells, **keys)
