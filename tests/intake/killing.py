"""A worker of imports in a process of its own, to be killed in the middle."""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.db import connection

from intake import jobs
from leads.alone import alone

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
from intake.held import rowwise
merging.CHUNK = staging.CHUNK = undoing.CHUNK = rowwise.CHUNK = 20
hold = jobs.hold
def slowly(job):
    hold(job)
    time.sleep(0.02)
jobs.hold = slowly
importing.run(int(job), now=timezone.now())
"""


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


def kill(worker, job):
    """Now; returns when another process can have the job."""
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    job.refresh_from_db()
    for _ in range(500):  # PostgreSQL notices a moment later that its client is gone
        with alone(jobs.LOCK, job.pk) as mine:
            if mine:
                return
        time.sleep(0.01)


def empty_the_world():
    tables = (
        "leads_lead, leads_company, leads_attribute, leads_fieldchange, leads_stalelead,"
        " intake_importjob"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
