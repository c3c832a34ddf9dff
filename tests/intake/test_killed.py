"""kill -9 of a worker in the middle: the next one ends the job as if nothing had happened."""

import pytest
from django.utils import timezone

from intake import importing, jobs, undoing
from intake.models import ImportChange, ImportJob, RejectedRow
from leads.models import FieldChange, Lead, LeadEvent
from tests.factories import ActivityFactory, LeadFactory
from tests.intake.conftest import totals, upload
from tests.intake.killing import empty_the_world, kill, start_worker, wait_until

PEOPLE = 300


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
    empty_the_world()
    a_known_lead()
    job = upload(a_file())
    jobs.start(job, job.mapping, ring_worker=False)
    reached = (lambda job: job.read > 40) if half == "staging" else (lambda job: job.merged > 40)
    worker = start_worker(job)
    wait_until(reached, job, worker)
    kill(worker, job)
    assert job.state == ImportJob.State.RUNNING
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
    empty_the_world()
    undisturbed()
    job = ImportJob.objects.get()
    _begin_rollback(job)
    worker = start_worker(job)
    wait_until(lambda job: job.undone > 40, job, worker)
    kill(worker, job)
    assert job.state == ImportJob.State.UNDOING
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
