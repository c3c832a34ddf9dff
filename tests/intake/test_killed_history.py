"""kill -9 of a worker in the middle of a history, and of its rollback: nothing comes of it."""

import pytest
from django.utils import timezone

from handoff.models import Opportunity, ReviewEntry
from intake import importing, jobs, undoing
from intake.models import ImportChange, ImportJob, RejectedRow
from leads.models import Company, Cycle, ExternalId, FieldChange, Lead, LeadAttributes, LeadEvent
from tests.factories import ActivityFactory, RepFactory
from tests.intake.conftest import import_file, totals, upload
from tests.intake.history import assert_lawful
from tests.intake.killing import empty_the_world, kill, start_worker, wait_until

PEOPLE = 150
STAGES = ["won", "lost", "sql", "mql", "nurture", "dancing"]
COLUMNS = {
    "Email": {"to": "lead.email"},
    "Id": {"to": "lead.external_id"},
    "City": {"to": "lead.city"},
    "Firm": {"to": "company.name"},
    "Stage": {"to": "history.stage"},
    "MQL": {"to": "history.became_mql_at"},
    "Accepted": {"to": "history.accepted_at"},
    "Closed": {"to": "history.closed_at"},
    "Deal": {"to": "history.opportunity"},
    "Amount": {"to": "history.amount"},
    "Owner": {"to": "history.owner"},
    "Note": {"to": "attr.note", "kind": "text"},
}


def a_file():
    """Every third person has a second pass."""
    rows = []
    for n in range(PEOPLE):
        stage = STAGES[n % len(STAGES)]
        took = "" if stage in ("mql", "nurture") else "2024-01-06"
        rows.append(f"{n},{stage},2024-01-05,{took},2024-02-01,D{n}")
    rows += [f"{n},won,2024-03-05,2024-03-06,2024-04-01,E{n}" for n in range(0, PEOPLE, 3)]
    lines = [",".join(COLUMNS)]
    for row in rows:
        n, rest = row.split(",", 1)
        firm, mail = int(n) % 9, f"p{n}@example.com"
        lines.append(f"{mail},c{n},City {n},Firm {firm},{rest},{n}.5,rep@example.com,x{firm}")
    return "\n".join(lines)


def a_world():
    """Five of them are here, one by an id of the system only."""
    known = [f"P{n}@example.com,,Ulm" for n in range(0, 100, 25)]
    text = "\n".join(["Email,Lead ID,City", *known, "other@example.com,c7,"])
    import_file(text, system="crm")


def begun():
    job = upload(a_file(), kind="history")
    job.system = "crm"
    job.save()
    jobs.start(job, {"columns": COLUMNS}, ring_worker=False)
    return job


def outcome():
    """What is there, without the numbers of rows."""
    said = {
        Lead: ["email", "city", "stage", "owner__email", "company__name", "created_at__year"],
        LeadAttributes: ["lead__email", "values"],
        LeadEvent: ["lead__email", "name", "source", "target", "happened_at__date", "reason"],
        Cycle: ["lead__email", "number", "outcome", "amount", "opened_at__date", "closed_at"],
        Opportunity: ["lead__email", "external_id", "status", "amount"],
        ReviewEntry: ["lead__email"],
        ExternalId: ["lead__email", "system", "value"],
        Company: ["name"],
        FieldChange: ["subject", "field"],
        RejectedRow: ["line", "reason"],
    }
    rows = {model: model.objects.values_list(*names) for model, names in said.items()}
    return {model.__name__: sorted(map(repr, found)) for model, found in rows.items()}


def ended(job, state):
    job.refresh_from_db()
    assert job.state == state, job.error
    kept = ImportChange.objects.filter(job=job).exclude(kept="")
    return totals(job), (job.undone, job.kept), sorted(kept.values_list("kept", flat=True))


def run(job):
    importing.run(job.pk, now=timezone.now())


def begin_rollback(job):
    """One of the new people has got an activity."""
    ActivityFactory(lead=Lead.objects.get(email="p8@example.com"))
    undoing.start(job, by=None, now=timezone.now(), ring_worker=False)


@pytest.mark.django_db(transaction=True)
def test_a_killed_history_and_its_killed_rollback_go_on_where_they_stopped(monkeypatch):
    for module in ("held.rowwise", "undoing"):
        monkeypatch.setattr(f"intake.{module}.CHUNK", 20)
    RepFactory(email="rep@example.com")
    a_world()
    job = begun()
    run(job)
    imported = ended(job, "done"), outcome()
    begin_rollback(job)
    run(job)
    rolled_back = ended(job, "undone"), outcome()
    empty_the_world()
    a_world()
    job = begun()
    _run_with_a_killed_worker(job, lambda job: job.read > 40, ImportJob.State.RUNNING)
    assert (ended(job, "done"), outcome()) == imported
    assert_lawful()
    begin_rollback(job)
    _run_with_a_killed_worker(job, lambda job: job.undone > 40, ImportJob.State.UNDOING)
    assert (ended(job, "undone"), outcome()) == rolled_back
    assert_lawful()


def _run_with_a_killed_worker(job, reached, state):
    worker = start_worker(job)
    wait_until(reached, job, worker)
    kill(worker, job)
    assert job.state == state
    run(job)
