"""How a test imports other things than leads."""

from django.db import connection
from django.utils import timezone

from handoff import checking
from intake import importing, jobs
from leads import cycles
from leads.models import Lead
from tests.intake.conftest import upload


def import_kind(kind, content, columns, *, by=None, system="", name="file.csv", **settings):
    """The job when it has ended; `columns`: {header: target, or an entry of a mapping}."""
    job = upload(content, name=name, by=by, kind=kind)
    job.system = system
    job.save()
    entries = {h: {"to": to} if isinstance(to, str) else to for h, to in columns.items()}
    jobs.start(job, {"columns": entries, **settings})
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert job.read == job.rows_total == job.merged + job.skipped + job.failed
    assert job.rejected.count() == job.failed
    return job


def assert_lawful():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does for a company
    assert checking.problems() == []
    assert cycles.differing(Lead.objects.values_list("pk", flat=True)) == []
