"""Two imports of the same people at the same moment."""

from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from intake import importing, jobs
from intake.models import ImportJob
from leads.models import Company, Lead, LeadAttributes, LeadEvent
from tests.intake.conftest import upload

PEOPLE = 60


def a_file(order):
    rows = [f"p{n}@gmail.com,{n},Firm {n % 7},{order[0]}" for n in order]
    return "\n".join(["Email,Lead ID,Company,Visits", *rows])


@pytest.mark.django_db(transaction=True)
def test_each_person_is_made_once(monkeypatch):
    for module in ("staging", "merging"):
        monkeypatch.setattr(f"intake.{module}.CHUNK", 10)
    forward = list(range(PEOPLE))
    imports = [upload(a_file(order)) for order in (forward, forward[::-1])]
    for job in imports:
        jobs.start(job, job.mapping, ring_worker=False)
    threads = [Thread(target=_run, args=[job.pk]) for job in imports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = ImportJob.objects.order_by("pk")
    assert [job.state for job in ended] == ["done", "done"], [job.error for job in ended]
    assert sum(job.created for job in ended) == PEOPLE
    assert sum(job.merged for job in ended) == 2 * PEOPLE
    assert Lead.objects.count() == LeadAttributes.objects.count() == PEOPLE
    assert LeadEvent.objects.count() == PEOPLE
    assert Company.objects.count() == len(set(Company.objects.values_list("name"))) == 7


def _run(job_id):
    importing.run(job_id, now=timezone.now())
    connection.close()
