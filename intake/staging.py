"""First half of an import: read the file, clean its rows, COPY them into the staging table."""

from itertools import islice

from django.db import connection, transaction
from django.db.models import F

from intake import jobs
from intake.cells import Rejected
from intake.identity import assign_people
from intake.inserting import execute
from intake.limits import CHUNK, ROWS
from intake.models import RejectedRow
from intake.normalising import Normaliser
from intake.reading import records_of
from intake.refusals import Unreadable
from leads import tombstones
from leads.models import Tombstone

COPY = (
    "COPY intake_stagedrow (job_id, n, line, person, email, email_domain, phone, external_id,"
    " fields, attributes, company_domain, company_name, company) FROM STDIN"
)
UNKNOWN = "Nobody here has this email, ID or phone number, and only known people are updated."
ERASED = "This person asked to be erased and is not taken in again."


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
            refused.append(turned_away(job, record, error))
    rows, erased = _without_erased(job, rows)
    refused += erased
    clashes = assign_people(job, rows)
    refused += [
        turned_away(job, row, error, email=row.email.lower(), external_id=row.external_id)
        for row, error in clashes
    ]
    if job.mapping.get("update_only"):
        refused += [turned_away(job, r, UNKNOWN, skipped=True) for r in rows if r.person > 0]
        rows = [row for row in rows if row.person < 0]
    _copy(job, [row for row in rows if row.person])
    RejectedRow.objects.bulk_create(refused)
    skipped = sum(row.skipped for row in refused)
    jobs.advance(
        job,
        read=F("read") + len(chunk),
        skipped=F("skipped") + blank + skipped,
        failed=F("failed") + len(refused) - skipped,
    )


def _without_erased(job, rows):
    """(the others, rejections of who asked to be forgotten; nothing of them is kept here)."""
    if not Tombstone.objects.exists():
        return rows, []
    keys = {
        row.n: tombstones.keys_of(row.email, row.phone, job.system, row.external_id) for row in rows
    }
    buried = tombstones.erased({key for found in keys.values() for key in found})
    erased = [row for row in rows if buried.intersection(keys[row.n])]
    gone = {row.n for row in erased}
    refused = [RejectedRow(job=job, line=row.line, reason=ERASED, values=[]) for row in erased]
    return [row for row in rows if row.n not in gone], refused


def _copy(job, rows):
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row.for_copy(job.pk))


def turned_away(job, row, why, **more):
    values = storable(row.cells)
    return RejectedRow(job=job, line=row.line, reason=str(why)[:500], values=values, **more)


def storable(cells):
    """As they came, but for what the database takes in no text."""
    return [cell.replace("\x00", "␀").encode("utf-8", "replace").decode() for cell in cells]
