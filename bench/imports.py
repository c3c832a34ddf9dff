"""Files into many leads: rows a second, memory of the worker, and the same rolled back."""

import csv
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import tablib
from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone
from import_export import instance_loaders, resources

from bench import database
from bench.figures import Verdict, clock, table
from intake import jobs, undoing
from intake.models import ImportJob
from leads.models import Lead

PER_SECOND, MEGABYTES = 5_000, 300  # the bars
LOOPED = 2_000  # rows that the loop over objects takes; it is reckoned up to all
HEAD = [
    "Email", "First name", "Last name", "Phone", "City", "Country", "Company", "Website",
    "Visits", "Hall",
]  # fmt: skip
# A worker that does this job alone and then says how much memory it had at most.
WORKER = """
import resource, sys, time
import django
django.setup()
from django.utils import timezone
from intake import importing
begun = time.perf_counter()
importing.run(int(sys.argv[1]), now=timezone.now())
took = time.perf_counter() - begun
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def run(small):
    leads, sizes = (50_000, [5_000, 20_000]) if small else (1_000_000, [100_000, 1_000_000])
    name = f"leadops_bench_imports_{leads}"
    database.filled(name, lambda: _fill(leads))
    if Lead.objects.count() != leads:  # an earlier run was ended in the middle
        database.fresh(name)
        _fill(leads)
    with tempfile.TemporaryDirectory() as folder:
        files = [_written(Path(folder, f"{size}.csv"), size, leads) for size in sizes]
        measured = [_imported(path, size) for path, size in zip(files, sizes, strict=True)]
        copied, looped = _copied(files[-1]), _looped(files[-1])
    rows = []
    for size, (took, peak, undo) in zip(sizes, measured, strict=True):
        rows.append([f"import of {size:,} rows", took, size / took, peak])
        rows.append([f"  rolled back, {undo[2]:,} changes", undo[0], size / undo[0], undo[1]])
    rows.append(["plain COPY into a bare table", copied, sizes[-1] / copied, "–"])
    each = looped / LOOPED
    what = f"django-import-export ({LOOPED:,} rows, reckoned up)"
    rows.append([what, each * sizes[-1], 1 / each, "–"])
    table(rows, f"{leads:,} leads before", "s", "rows/s", "peak MB")
    took = measured[-1][0]
    print(f"{took / copied:.0f} times a plain COPY; the loop takes {each * sizes[-1] / took:.0f}"
          " times as long as the import")  # fmt: skip
    slowest = min(size / one[0] for size, one in zip(sizes, measured, strict=True))
    peak = max(one[1] for one in measured)
    ok = slowest >= PER_SECOND and peak <= MEGABYTES
    return Verdict(f"{slowest:.0f}/s,{peak}MB", f"{PER_SECOND}/s,{MEGABYTES}MB", ok)


def _fill(leads):
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_COMPANIES, _LEADS, _ATTRIBUTES, "DELETE FROM leads_stalelead"):
            cursor.execute(statement, {"leads": leads} if "%(" in statement else None)
    _vacuum()


def _written(path, size, leads):
    """Of ten rows nine bring somebody new; one is of a lead, or of an earlier row."""
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(size):
            row = _row(n)
            if n % 20 == 0:
                known = chance.randrange(leads)
                row[0] = f"Lead{known}@mail{known % 5_000}.example"
            elif n % 20 == 10:
                row[0] = f"new{chance.randrange(n)}@gmail.com"
            writer.writerow(row)
    return path


def _row(n):
    return [
        f"new{n}@gmail.com", f"Ann{n % 900}", f"Lee{n % 7_000}", f"+4930{5_000_000 + n}",
        f"City {n % 300}", "Germany", f"Firm {n % 2_000}", f"firm{n % 2_000}.example",
        n % 90, f"Hall {n % 12}",
    ]  # fmt: skip


def _imported(path, size):
    """(seconds, peak MB, the same and the number of changes of the rollback)"""
    with path.open("rb") as file:
        job = jobs.upload(File(file), name=path.name, by=None, now=timezone.now())
    try:
        jobs.start(job, job.mapping, ring_worker=False)
        took, peak = _worked(job, ImportJob.State.DONE)
        job.refresh_from_db()
        print(f"{size:,} rows: {job.created:,} created, {job.updated:,} updated, "
              f"{job.unchanged:,} unchanged, {job.failed:,} failed")  # fmt: skip
        undoing.start(job, by=None, now=timezone.now(), ring_worker=False)
        undo = _worked(job, ImportJob.State.UNDONE)
        job.refresh_from_db()
        if job.kept:
            raise SystemExit(f"{job.kept:,} changes were not put back.")
    finally:
        job.file.delete(save=False)
    _vacuum()
    return took, peak, (*undo, job.undo_total)


def _worked(job, ends):
    """(seconds, peak MB) of a worker of its own."""
    environment = os.environ | {"BENCH_DATABASE": connection.settings_dict["NAME"]}
    worker = subprocess.run(
        [sys.executable, "-c", WORKER, str(job.pk)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    job.refresh_from_db()
    if job.state != ends:
        raise SystemExit(f"The job is {job.state}: {job.error}")
    took, peak = worker.stdout.split()[-2:]
    return float(took), int(peak)


def _copied(path):
    """Seconds of a plain COPY of the file."""
    columns = ", ".join(f"c{n} text" for n in range(len(HEAD)))
    with clock() as took, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({columns})")
        with (
            path.open("rb") as file,
            cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while block := file.read(2**20):
                copy.write(block)
        transaction.set_rollback(True)
    return took.seconds


class _People(resources.ModelResource):
    class Meta:
        model = Lead
        fields = ["email", "first_name", "last_name", "phone", "city", "country"]
        import_id_fields = ["email"]
        instance_loader_class = instance_loaders.CachedInstanceLoader
        use_transactions = False

    def before_save_instance(self, instance, row, **kwargs):
        instance.created_at = instance.stage_at = timezone.now()


def _looped(path):
    """Seconds of django-import-export for the first rows, without companies and attributes; each
    person once and in small letters, or the keys of the database would end it."""
    with path.open() as file:
        rows = [row[:6] for _, row in zip(range(LOOPED + 1), csv.reader(file), strict=False)]
    fields = ["email", "first_name", "last_name", "phone", "city", "country"]
    unique = list({row[0].lower(): [row[0].lower(), *row[1:]] for row in rows[1:]}.values())
    data = tablib.Dataset(*unique, headers=fields)
    with clock() as took, transaction.atomic():
        _People().import_data(data, raise_errors=True)
        transaction.set_rollback(True)
    return took.seconds * LOOPED / len(unique)


def _vacuum():
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


_COMPANIES = """
    INSERT INTO leads_company (name, domain, industry, country, city, relationship, created_at)
    SELECT 'Mail ' || n, 'mail' || n || '.example', 'Trade', 'DE', '', 'prospect', now()
    FROM generate_series(0, 4999) n
"""
_LEADS = """
    INSERT INTO leads_lead (email, external_id, first_name, last_name, phone, job_title, city,
        country, company_id, interest, source, consent_basis, do_not_contact, on_target_list,
        created_at, stage, stage_at, hold, score, fit, engagement, grade)
    SELECT 'lead' || n || '@mail' || n %% 5000 || '.example', '', 'Jo' || n %% 800,
        'Roe' || n %% 9000, '+4989' || 5000000 + n, '', 'City ' || n %% 300, 'DE',
        (SELECT min(id) FROM leads_company) + n %% 5000, '', 'Web', '', false, false,
        now() - n * interval '1 second', 'unqualified', now() - n * interval '1 second', '',
        n %% 100, 0, 0, ''
    FROM generate_series(0, %(leads)s - 1) n
"""
_ATTRIBUTES = "INSERT INTO leads_leadattributes SELECT id, '{}' FROM leads_lead"
