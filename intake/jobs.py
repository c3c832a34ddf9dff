"""The life of an import job: start, hold, advance, end, cancel, resume; and who may run it."""

from django.core.files import File
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from intake import guessing, mapping
from intake.limits import KEPT, ROWS_KEPT, STALE
from intake.models import ImportJob, StagedRow
from intake.presets import PRESETS
from intake.recognising import recognised
from intake.surveying import survey
from leads.refusals import Conflict

State = ImportJob.State
LOCK = 0x1EAD  # the advisory locks of imports
COUNTS = ["rows_total", "read", "created", "updated", "unchanged", "skipped", "failed"]
ZERO = dict.fromkeys(COUNTS, 0) | {"merged_to": None}
WORDS = {
    State.RUNNING: "Something went wrong here; the log says what. What is counted is imported.",
    State.MAPPED: "Something went wrong here; the log says what. Nothing was imported.",
    State.TRYING: "Something went wrong here; the log says what. Nothing was changed.",
    State.UNDOING: "Something went wrong here; the log says what. Roll back again to go on.",
}


class Stopped(Exception):
    """The job was cancelled while it ran."""


def upload(file, *, name, by, now, kind=ImportJob.Kind.LEADS, **how):
    """A new job for this file, its mapping guessed; `how` to read it, see surveying.survey.

    Raises Unreadable, then nothing is kept.
    """
    found = survey(file, **how)
    job = ImportJob(created_by=by, created_at=now, name=name[:255], kind=kind)
    _keep(job, found, recognised([column.name for column in found.columns], kind))
    file.seek(0)
    job.file.save(name[-80:], File(file), save=False)
    job.save()
    return job


def survey_again(job, *, kind="", preset=None, **how):
    """Read the file another way; the mapping is guessed anew. Raises Unreadable."""
    job.kind = kind or job.kind
    with job.file.open("rb") as file:
        found = survey(file, **how)
    if preset is None:
        preset = recognised([column.name for column in found.columns], job.kind)
    _keep(job, found, preset)
    job.save()


def _keep(job, found, preset):
    for name, value in found.as_fields().items():
        setattr(job, name, value)
    job.preset, job.trial = preset, None
    job.system = PRESETS[preset].system if preset else ""
    job.mapping = guessing.guess(job.columns, found=found, kind=job.kind, preset=preset)


@transaction.atomic
def start(job, chosen, *, ring_worker=True, trial=False):
    """Check the mapping (raises Unfit) and let a worker begin. A job starts once.

    `trial`: only say what would come of it; afterwards it waits for its mapping again.
    """
    checked = mapping.check(chosen, job.columns, job.kind)
    started = ImportJob.objects.filter(pk=job.pk, state=State.UPLOADED).update(
        state=State.TRYING if trial else State.MAPPED,
        mapping=checked,
        heartbeat_at=Now(),
        error="",
        **ZERO,
    )
    if not started:
        raise Conflict("This import has been started already.")
    job.refresh_from_db()
    if ring_worker:
        transaction.on_commit(lambda: ring(job.pk), robust=True)


def cancel(job, *, now):
    """What is merged stays; nothing more is. Returns whether there was something to cancel."""
    mine = ImportJob.objects.filter(pk=job.pk)
    if mine.filter(state=State.TRYING).update(state=State.UPLOADED, **ZERO):
        return True
    open_states = [State.UPLOADED, State.MAPPED, State.RUNNING]
    return bool(mine.filter(state__in=open_states).update(state=State.CANCELLED, finished_at=now))


@transaction.atomic
def resume(job, *, now):
    """Go on with a cancelled or failed import where it stopped. Raises Conflict."""
    fresh = ImportJob.objects.select_for_update().get(pk=job.pk)
    if not may_resume(fresh, now):
        raise Conflict("This import cannot go on.")
    fresh.state, fresh.finished_at, fresh.error = State.RUNNING, None, ""
    fresh.heartbeat_at = now
    fresh.save(update_fields=["state", "finished_at", "error", "heartbeat_at"])
    transaction.on_commit(lambda: ring(job.pk), robust=True)


def may_resume(job, now):
    """Its rows are still here, and none of what they became was put back."""
    stopped = job.state in (State.CANCELLED, State.FAILED) and job.started_at is not None
    return stopped and job.undone_to is None and now - job.finished_at < ROWS_KEPT


def hold(job):
    """Inside a transaction: nobody cancels before it ends. Raises Stopped."""
    held = ImportJob.objects.select_for_update().filter(pk=job.pk, state=job.state)
    if not held.exists():
        raise Stopped


def advance(job, **counts):
    """Write progress, in the transaction of the rows that made it."""
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=Now(), **counts)


def end(job, state, *, now, error=""):
    """A dry run that fails waits for its mapping again, and says why. Whether it was not over."""
    live = ImportJob.objects.filter(pk=job.pk, state__in=ImportJob.LIVE)
    if job.state == State.TRYING:
        forget_rows(job)
        return bool(live.update(state=State.UPLOADED, error=error[:500], **ZERO))
    return bool(live.update(state=state, finished_at=now, error=error[:500]))


def forget_rows(job):
    """Drop what was read of the file."""
    StagedRow.objects.filter(job=job).delete()
    job.rejected.all().delete()


def sweep(now):
    """Ring again for jobs whose worker died or never came; drop what ended ones left behind."""
    alive = Q(state__in=ImportJob.LIVE) | Q(
        state__in=[State.CANCELLED, State.FAILED], finished_at__gt=now - ROWS_KEPT
    )
    StagedRow.objects.exclude(job__in=ImportJob.objects.filter(alive)).delete()
    silent = ImportJob.objects.filter(state__in=ImportJob.LIVE, heartbeat_at__lt=now - STALE)
    for pk in silent.values_list("pk", flat=True):
        ring(pk)
    for job in ImportJob.objects.filter(finished_at__lt=now - KEPT).exclude(file="")[:10]:
        _forget(job)


def ring(job_id):
    import_string("intake.tasks.run_import").delay(job_id)


def _forget(job):
    """It can no longer be rolled back: the file goes, and the cells that were turned away."""
    job.file.delete(save=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM intake_importchange WHERE job_id = %s", [job.pk])
    job.rejected.update(values=[])
