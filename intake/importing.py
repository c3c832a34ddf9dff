"""Runs an import from its first row to its totals; begun again, it goes on where it stopped."""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from intake import jobs, kinds, mapping, merging, staging
from intake.models import ImportJob, StagedRow
from leads.alone import alone
from leads.refusals import Refusal

log = logging.getLogger(__name__)


def run(job_id, *, now):
    """Do what is left of this job. `now` dates the leads that it creates."""
    with alone(jobs.LOCK, job_id) as mine:
        job = ImportJob.objects.filter(pk=job_id, state__in=ImportJob.LIVE).first()
        if not mine or job is None:
            return
        try:
            _run(job, now)
        except jobs.Stopped:
            log.info("import %s was cancelled", job_id)
        except Refusal as refusal:
            jobs.end(job, ImportJob.State.FAILED, now=timezone.now(), error=refusal.message)
        except (OperationalError, InterfaceError):
            raise  # the sweep starts it again
        except Exception:
            words = "Something went wrong here; the log says what. What is counted is imported."
            jobs.end(job, ImportJob.State.FAILED, now=timezone.now(), error=words)
            raise
        StagedRow.objects.filter(job=job).delete()


def _run(job, now):
    if job.state == ImportJob.State.MAPPED:
        _begin(job, now)
    if path := kinds.KINDS[job.kind].run:
        import_string(path)(job, now=now)
    else:
        staging.stage(job)
        merging.merge(job, now=now)
    jobs.end(job, ImportJob.State.DONE, now=timezone.now())


def _begin(job, now):
    total = staging.count_rows(job)
    with transaction.atomic():
        mapping.make_attributes(job.mapping)
        begun = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.MAPPED).update(
            state=ImportJob.State.RUNNING, rows_total=total, started_at=now
        )
    if not begun:
        raise jobs.Stopped
    job.refresh_from_db()
