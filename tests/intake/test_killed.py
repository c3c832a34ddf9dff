"""kill -9 of a worker in the middle: the next one ends the job as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from intake import importing, jobs, undoing
from intake.models import ImportChange, ImportJob, RejectedRow
from leads.alone import alone
from leads.models import FieldChange, Lead, LeadEvent
from tests.factories import ActivityFactory, LeadFactory
from tests.intake.conftest import totals, upload

PEOPLE = 300
# The worker of a test: the test's own database and files, small pieces, slow enough to be hit.
WORKER = """
import sys, time
import django
from django.conf import settings
database, media, job = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = database
settings.MEDIA_ROOT = media
settings.STORAGES["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
django.setup()
from django.utils import timezone
from intake import importing, jobs, merging, staging, undoing
merging.CHUNK = staging.CHUNK = undoing.CHUNK = 20
hold = jobs.hold
def slowly(job):
    hold(job)
    time.sleep(0.02)
jobs.hold = slowly
importing.run(int(job), now=timezone.now())
"""


def a_file():
    rows = [f"p{n % PEOPLE}@example.com,City {n},{n}" for n in range(PEOPLE + 50)]
    return "\n".join(["Email,City,Visits", *rows, ",nobody,1", "", "bad,x,2"])


def outcome():
    people = Lead.objects.order_by("email").values_list("email", "city", "attributes__values")
    events = LeadEvent.objects.order_by("lead__email").values_list("lead__email", "name")
    changes = FieldChange.objects.order_by("field", "old").values_list(
        "subject", "field", "old", "new"
    )
    rejected = RejectedRow.objects.order_by("line").values_list("line", "reason")
    return [list(rows) for rows in (people, events, changes, rejected)]


def start_worker(job):
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            WORKER,
            connection.settings_dict["NAME"],
            settings.MEDIA_ROOT,
            str(job.pk),
        ],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
        cwd=settings.BASE_DIR,
    )


def wait_until(condition, job, worker):
    for _ in range(2_000):
        job.refresh_from_db()
        if condition(job):
            return
        assert worker.poll() is None, "the worker ended by itself"
        time.sleep(0.01)
    raise AssertionError("the worker made no progress")


def undisturbed():
    """What the same import makes of the same world, then that world again."""
    a_known_lead()
    job = upload(a_file())
    jobs.start(job, job.mapping, ring_worker=False)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    return totals(job), outcome()


def a_known_lead():
    LeadFactory(email="P5@example.com", city="Ulm")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("half", ["staging", "merging"])
def test_a_killed_import_goes_on_where_it_stopped(half, django_db_blocker):
    expected = undisturbed()
    _empty_the_world()
    a_known_lead()
    job = upload(a_file())
    jobs.start(job, job.mapping, ring_worker=False)
    reached = (lambda job: job.read > 40) if half == "staging" else (lambda job: job.merged > 40)
    worker = start_worker(job)
    wait_until(reached, job, worker)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    job.refresh_from_db()
    assert job.state == ImportJob.State.RUNNING
    _wait_for_the_lock(job)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "done"
    assert (totals(job), outcome()) == expected


@pytest.mark.django_db(transaction=True)
def test_a_killed_rollback_goes_on_where_it_stopped(django_db_blocker):
    undisturbed()
    job = ImportJob.objects.get()
    _begin_rollback(job)
    importing.run(job.pk, now=timezone.now())
    expected = _rolled_back(job)
    _empty_the_world()
    undisturbed()
    job = ImportJob.objects.get()
    _begin_rollback(job)
    worker = start_worker(job)
    wait_until(lambda job: job.undone > 40, job, worker)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    job.refresh_from_db()
    assert job.state == ImportJob.State.UNDOING
    _wait_for_the_lock(job)
    importing.run(job.pk, now=timezone.now())
    assert _rolled_back(job) == expected
    assert expected[0] == ("undone", PEOPLE, 2)


def _begin_rollback(job):
    """One of the new people has got an activity."""
    ActivityFactory(lead=Lead.objects.get(email="p7@example.com"))
    undoing.start(job, by=None, now=timezone.now(), ring_worker=False)


def _rolled_back(job):
    job.refresh_from_db()
    kept = ImportChange.objects.filter(job=job).values_list("subject", "kept")
    return (job.state, job.undone, job.kept), outcome(), list(kept)


def _wait_for_the_lock(job):
    """PostgreSQL notices a moment later that its client is gone."""
    for _ in range(500):
        with alone(jobs.LOCK, job.pk) as mine:
            if mine:
                return
        time.sleep(0.01)


def _empty_the_world():
    tables = "leads_lead, leads_attribute, leads_fieldchange, leads_stalelead, intake_importjob"
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
