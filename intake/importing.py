"""Runs an import from its first row to its totals; begun again, it goes on where it stopped. A dry
run and a rollback are run from here, too: one process at a time has a job."""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from intake import changelog, jobs, kinds, mapping, merging, staging, trying, undoing
from intake.models import ImportJob, StagedRow
from leads.alone import alone
from leads.models import Attribute
from leads.refusals import Refusal

log = logging.getLogger(__name__)
State = ImportJob.State


def run(job_id, *, now):
    """Do what is left of this job. `now` dates the leads that it creates."""
    with alone(jobs.LOCK, job_id) as mine:
        job = ImportJob.objects.filter(pk=job_id, state__in=ImportJob.LIVE).first()
        if not mine or job is None:
            return
        try:
            _RUNS[State(job.state)](job, now=now)
        except jobs.Stopped:
            log.info("import %s was cancelled", job_id)
        except Refusal as refusal:
            jobs.end(job, State.FAILED, now=timezone.now(), error=refusal.message)
        except (OperationalError, InterfaceError):
            raise  # the sweep starts it again
        except Exception:
            jobs.end(job, State.FAILED, now=timezone.now(), error=jobs.WORDS[State(job.state)])
            raise


def _import(job, *, now):
    if job.state == State.MAPPED:
        _begin(job, now)
    if path := kinds.KINDS[job.kind].run:
        import_string(path)(job, now=now)
    else:
        staging.stage(job)
        merging.merge(job, now=now)
    if jobs.end(job, State.DONE, now=timezone.now()):  # not cancelled meanwhile
        StagedRow.objects.filter(job=job).delete()


def _begin(job, now):
    total = staging.count_rows(job)
    with transaction.atomic():
        begun = ImportJob.objects.filter(pk=job.pk, state=State.MAPPED).update(
            state=State.RUNNING, rows_total=total, started_at=now
        )
        if not begun:
            raise jobs.Stopped
        jobs.forget_rows(job)  # of a dry run
        _make_attributes(job)
    job.refresh_from_db()


def _make_attributes(job):
    before = list(Attribute.objects.values_list("pk", flat=True))
    mapping.make_attributes(job.mapping)
    codes = [entry["to"].removeprefix("attr.") for entry in job.mapping["columns"].values()]
    made = Attribute.objects.filter(code__in=codes).exclude(pk__in=before)
    changelog.created(job, "attribute", made.values_list("pk", flat=True))


_RUNS = {
    State.MAPPED: _import,
    State.RUNNING: _import,
    State.TRYING: trying.run,
    State.UNDOING: undoing.run,
}
