"""The life of an import job: start, hold, advance, end, cancel; and who may run it."""

from django.core.files import File
from django.db import transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from intake import guessing, mapping
from intake.limits import STALE
from intake.models import ImportJob, StagedRow
from intake.presets import PRESETS
from intake.recognising import recognised
from intake.surveying import survey
from leads.refusals import Conflict

State = ImportJob.State
LOCK = 0x1EAD  # the advisory locks of imports


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
def start(job, chosen, *, ring_worker=True):
    """Check the mapping (raises Unfit) and let a worker begin. A job starts once."""
    checked = mapping.check(chosen, job.columns, job.kind)
    started = ImportJob.objects.filter(pk=job.pk, state=State.UPLOADED).update(
        state=State.MAPPED, mapping=checked, heartbeat_at=Now()
    )
    if not started:
        raise Conflict("This import has been started already.")
    job.refresh_from_db()
    if ring_worker:
        transaction.on_commit(lambda: ring(job.pk), robust=True)


def cancel(job, *, now):
    """What is merged stays; nothing more is. Returns whether there was something to cancel."""
    open_states = [State.UPLOADED, *ImportJob.LIVE]
    return ImportJob.objects.filter(pk=job.pk, state__in=open_states).update(
        state=State.CANCELLED, finished_at=now
    )


def hold(job):
    """Inside a transaction: nobody cancels before it ends. Raises Stopped."""
    held = ImportJob.objects.select_for_update().filter(pk=job.pk, state=State.RUNNING)
    if not held.exists():
        raise Stopped


def advance(job, **counts):
    """Write progress, in the transaction of the rows that made it."""
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=Now(), **counts)


def end(job, state, *, now, error=""):
    ImportJob.objects.filter(pk=job.pk, state__in=ImportJob.LIVE).update(
        state=state, finished_at=now, error=error[:500]
    )


def sweep(now):
    """Ring again for jobs whose worker died or never came; drop what ended ones left staged."""
    StagedRow.objects.exclude(job__state__in=ImportJob.LIVE).delete()
    silent = ImportJob.objects.filter(state__in=ImportJob.LIVE, heartbeat_at__lt=now - STALE)
    for pk in silent.values_list("pk", flat=True):
        ring(pk)


def ring(job_id):
    import_string("intake.tasks.run_import").delay(job_id)
