"""Rolls an import back: what it changed becomes what it was, what it created goes, a batch of
changes in one transaction, the newest first. What was changed since stays, and says why.

Each subject of ImportChange is put back by its own functions, UNDOERS. They find its changes in
intake_undo (id, job_id, subject, subject_id, before, after, stays, kept) and write into `kept` the
words of those that stay, `stays` being the names of what stays of them.
"""

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone

from intake import jobs, putting_back, removing
from intake.held import undoing as held
from intake.inserting import execute
from intake.limits import CHUNK, KEPT
from intake.models import ImportChange, ImportJob
from leads import consents, deliver
from leads.changes import recording
from leads.refusals import Conflict

State, Subject = ImportJob.State, ImportChange.Subject
ENDED = (State.DONE, State.CANCELLED, State.FAILED)
CLASH = "Put back, it would clash with what is there now."
# In this order within a batch: what points to others before them.
UNDOERS = {
    Subject.EVENT: [held.events],
    Subject.COST: [held.costs],
    Subject.ACTIVITY: [removing.activities],
    Subject.ATTRIBUTES: [putting_back.attributes],
    Subject.IDENTITY: [removing.identities],
    Subject.LEAD: [putting_back.leads, removing.leads],
    Subject.COMPANY: [putting_back.companies, removing.companies],
    Subject.ATTRIBUTE: [removing.definitions],
}


@transaction.atomic
def start(job, *, by, now, ring_worker=True):
    """Let a worker begin. Raises Conflict."""
    fresh = ImportJob.objects.select_for_update().get(pk=job.pk)
    if not may_undo(fresh, now):
        raise Conflict("This import cannot be rolled back.")
    left = ImportChange.objects.filter(job=job, kept="")
    if fresh.undone_to is None:  # else it goes on
        fresh.undo_total = left.count()
        fresh.undone_to = (left.aggregate(last=Max("pk"))["last"] or 0) + 1
    fresh.state, fresh.undone_by, fresh.error, fresh.heartbeat_at = State.UNDOING, by, "", Now()
    fresh.save()
    if ring_worker:
        transaction.on_commit(lambda: jobs.ring(job.pk), robust=True)


def may_undo(job, now):
    """Within 30 days, as long as it has done anything."""
    return (
        job.state in ENDED
        and job.started_at is not None
        and now - job.finished_at < KEPT
        and (job.undone_to is not None or ImportChange.objects.filter(job=job).exists())
    )


def run(job, *, now):
    """Put back what is left. Raises jobs.Stopped."""
    size = CHUNK
    while True:
        try:
            with transaction.atomic():
                done = _some(job, size)
        except IntegrityError:
            if size == 1:
                with transaction.atomic():
                    _some(job, size, clash=CLASH)
            size = max(1, size // 8)
            continue
        if not done:
            break
        size = min(CHUNK, size * 2)
    _end(job)


def _some(job, size, clash=""):
    """Whether there was anything to put back."""
    jobs.hold(job)
    job.refresh_from_db(fields=["undone_to"])
    execute("DROP TABLE IF EXISTS pg_temp.intake_undo")
    execute(_TAKE, [clash, job.pk, job.undone_to, size])
    execute("ANALYZE pg_temp.intake_undo")
    last, taken = execute("SELECT min(id), count(*) FROM intake_undo")[0]
    if not taken:
        return False
    if not clash:
        with recording(f"rollback of import {job.pk}"):
            _put_back()
            allowed = [pk for (pk,) in execute(_ALLOWED)]
            consents.follow(allowed, source=f"rollback of import {job.pk}", now=timezone.now())
            execute("SET CONSTRAINTS ALL IMMEDIATE")  # so that a clash is seen here
            execute("SET CONSTRAINTS ALL DEFERRED")
    kept = execute("SELECT count(*) FROM intake_undo WHERE kept <> ''")[0][0]
    execute(_KEEP)
    execute(_FORGET)
    jobs.advance(
        job,
        undone_to=last,
        undone=F("undone") + taken - kept,
        kept=F("kept") + kept,
    )
    return True


def _put_back():
    present = {subject for (subject,) in execute("SELECT DISTINCT subject FROM intake_undo")}
    for subject, undoers in UNDOERS.items():
        for undo in undoers if subject in present else []:
            undo()
    execute(_UNKNOWN, [list(UNDOERS)])


def _end(job):
    with transaction.atomic():
        jobs.hold(job)
        ImportJob.objects.filter(pk=job.pk).update(state=State.UNDONE, undone_at=timezone.now())
        deliver.announce("changed")


_TAKE = """
    CREATE TEMP TABLE intake_undo ON COMMIT DROP AS
    SELECT id, job_id, subject, subject_id, before, after, '{}'::text[] AS stays, %s::text AS kept
    FROM intake_importchange WHERE job_id = %s AND id < %s ORDER BY id DESC LIMIT %s
"""
_UNKNOWN = """
    UPDATE intake_undo SET kept = 'This cannot be put back.' WHERE NOT subject = ANY(%s)
"""
_ALLOWED = """
    SELECT subject_id FROM intake_undo
    WHERE subject = 'lead' AND before ? 'consent_basis' AND kept = ''
"""
_KEEP = """
    UPDATE intake_importchange c SET kept = left(u.kept, 300) FROM intake_undo u
    WHERE c.id = u.id AND u.kept <> ''
"""
_FORGET = """
    DELETE FROM intake_importchange c USING intake_undo u WHERE c.id = u.id AND u.kept = ''
"""
