"""How a test imports other things than leads."""

from django.db import connection
from django.utils import timezone

from handoff import checking
from intake import importing, jobs
from leads import cycles
from leads.models import Lead
from tests.intake.conftest import upload

COLUMNS = {
    "Email": "lead.email",
    "Stage": "history.stage",
    "First": "history.first_contact_at",
    "MQL": "history.became_mql_at",
    "Handed off": "history.handed_off_at",
    "Accepted": "history.accepted_at",
    "SQL": "history.qualified_at",
    "Closed": "history.closed_at",
    "Reason": "history.reason",
    "Amount": "history.amount",
    "Currency": "history.currency",
    "Owner": "history.owner",
    "ID": "history.opportunity",
}
WON = {
    "Email": "ann@example.com",
    "Stage": "Closed Won",
    "First": "2024-01-02",
    "MQL": "2024-01-05",
    "Handed off": "2024-01-06 09:30",
    "Accepted": "2024-01-07",
    "SQL": "2024-02-01",
    "Closed": "2024-03-01",
    "Amount": "1200.50",
    "Currency": "usd",
    "ID": "006A",
}


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
    assert job.rejected.filter(skipped=False).count() == job.failed
    return job


def assert_lawful():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does for a company
    assert checking.problems() == []
    assert cycles.differing(Lead.objects.values_list("pk", flat=True)) == []


def remember(*rows, **how):
    """Rows as {header: cell}, without their columns that are nowhere filled."""
    headers = [name for name in COLUMNS if any(name in row for row in rows)]
    lines = [",".join(headers), *(",".join(row.get(h, "") for h in headers) for row in rows)]
    columns = {name: COLUMNS[name] for name in headers}
    return import_kind("history", "\n".join(lines) + "\n", columns, **how)
