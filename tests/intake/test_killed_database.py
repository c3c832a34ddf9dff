"""kill -9 of PostgreSQL itself in the middle of an import, then of its rollback.

It is a cluster of its own, which keeps its data as in production.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from leadops.embedded import cluster, owner

PEOPLE = 200
DRIVER = """
import json, sys, time
import django
from django.conf import settings
from pathlib import Path
from leadops.embedded import cluster
data, name, *steps = sys.argv[1:]
settings.DATABASES["default"] = settings.DATABASES["default"] | cluster.database(Path(data), name)
settings.MEDIA_ROOT = data + "-files"
settings.STORAGES["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
django.setup()
from django.core.files.base import ContentFile
from django.utils import timezone
from intake import importing, jobs, merging, staging, undoing
from intake.models import ImportChange, ImportJob
from leads.models import FieldChange, Lead, LeadEvent
from tests.factories import ActivityFactory, LeadFactory
merging.CHUNK = staging.CHUNK = undoing.CHUNK = 20

def begin(people):
    LeadFactory(email="P5@gmail.com", city="Ulm", last_name="Roe")
    rows = [f"p{n}@gmail.com,City {n},Firm {n % 9},{n}" for n in range(people)]
    text = "\\n".join(["Email,City,Company,Visits", *rows, ",nobody,,1", "", "bad,x,,2"])
    job = jobs.upload(ContentFile(text.encode()), name="x.csv", by=None, now=timezone.now())
    jobs.start(job, job.mapping, ring_worker=False)

def undo():
    ActivityFactory(lead=Lead.objects.get(email="p7@gmail.com"))
    undoing.start(ImportJob.objects.get(), by=None, now=timezone.now(), ring_worker=False)

def slowly():
    hold = jobs.hold
    def held(job):
        hold(job)
        print(job.read + (job.merged_to or 0) + job.undone, flush=True)
        time.sleep(0.02)
    jobs.hold = held

def outcome():
    job = ImportJob.objects.get()
    names = ["state", *jobs.COUNTS, "undone", "kept"]
    people = Lead.objects.order_by("email")
    said = people.values_list("email", "city", "company__name", "attributes__values")
    changes = FieldChange.objects.order_by("subject", "field", "old", "new", "pk")
    print(json.dumps([
        {name: getattr(job, name) for name in names},
        list(said),
        list(LeadEvent.objects.order_by("lead__email").values_list("lead__email", "name")),
        list(changes.values_list("subject", "field", "old", "new")),
        list(job.rejected.order_by("line").values_list("line", "reason")),
        sorted(ImportChange.objects.exclude(kept="").values_list("subject", "kept")),
    ]), flush=True)

for step in steps:
    if step == "run":
        importing.run(ImportJob.objects.get().pk, now=timezone.now())
    else:
        {"begin": lambda: begin(200), "undo": undo, "slowly": slowly, "outcome": outcome}[step]()
"""


@pytest.fixture
def place(tmp_path, django_db_setup, django_db_blocker):
    """A cluster with two empty databases of our tables."""
    data = Path("/tmp") / f"leadops-kill-{os.getpid()}" / "pg"
    one = cluster.Cluster(data, durable=True)
    one.join()
    one.start()
    dump = _program("pg_dump", connection.settings_dict["HOST"], connection.settings_dict["NAME"])
    socket = str(cluster.socket_directory(data))
    _program("psql", socket, "leadops", "-q", "-v", "ON_ERROR_STOP=1", text=dump)
    _program("psql", socket, "postgres", "-c", "CREATE DATABASE calm TEMPLATE leadops")
    yield data
    one.leave()
    shutil.rmtree(data.parent, ignore_errors=True)


@pytest.mark.django_db
def test_a_killed_database_costs_nothing_that_was_told(place):
    steps = ["begin", "run", "outcome", "undo", "run", "outcome"]
    imported, rolled_back = _lines(place, "calm", *steps)
    assert json.loads(imported)[0]["created"] == PEOPLE - 1
    _killed(place, "begin", "slowly", "run", after=8)
    assert json.loads(_lines(place, "leadops", "run", "outcome")[-1]) == json.loads(imported)
    _killed(place, "undo", "slowly", "run", after=4)
    assert json.loads(_lines(place, "leadops", "run", "outcome")[-1]) == json.loads(rolled_back)
    assert json.loads(rolled_back)[0]["state"] == "undone"


def _killed(place, *steps, after):
    """Do these steps and kill the database behind so many signs of life; the worker fails."""
    worker = subprocess.Popen(
        _command(place, "leadops", *steps), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, cwd=settings.BASE_DIR,
    )  # fmt: skip
    for _ in range(after):
        assert worker.stdout.readline(), "the worker ended by itself"
    postmaster = int((place / "postmaster.pid").read_text().split()[0])
    for pid in [postmaster, *_children(postmaster)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert worker.wait(30) != 0
    time.sleep(0.2)


def _children(parent):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = stat.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def _lines(place, name, *steps):
    done = subprocess.run(
        _command(place, name, *steps), capture_output=True, text=True, check=False,
        cwd=settings.BASE_DIR,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return [line for line in done.stdout.splitlines() if line.startswith("[")]


def _command(place, name, *steps):
    return [sys.executable, "-c", DRIVER, str(place), name, *steps]


def _program(name, host, database, *args, text=None):
    command = [owner.BINARIES / name, "-h", host, "-U", "postgres", "-d", database, *args]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
