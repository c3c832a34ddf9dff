"""What is left of an import when it has ended, and for how long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake import importing, jobs
from intake.models import ImportChange, StagedRow
from tests.intake.conftest import import_file, upload

pytestmark = pytest.mark.django_db


def test_after_thirty_days_the_file_and_what_it_said_are_gone():
    now = timezone.now()
    job = import_file("Email\na@gmail.com\nbad\n")
    jobs.sweep(now + timedelta(days=29))
    job.refresh_from_db()
    assert job.file
    assert ImportChange.objects.exists()
    storage, name = job.file.storage, job.file.name
    jobs.sweep(now + timedelta(days=31))
    job.refresh_from_db()
    assert not job.file
    assert not storage.exists(name)
    assert not ImportChange.objects.exists()
    assert [(row.line, row.values) for row in job.rejected.all()] == [(3, [])]


def test_a_cancelled_import_keeps_its_rows_for_seven_days(monkeypatch):
    job = upload("Email\na@gmail.com\n")
    jobs.start(job, job.mapping, ring_worker=False)
    monkeypatch.setattr("intake.merging.merge", lambda job, now: jobs.cancel(job, now=now))
    now = timezone.now()
    importing.run(job.pk, now=now)
    job.refresh_from_db()
    jobs.sweep(now + timedelta(days=6))
    assert StagedRow.objects.count() == 1
    assert jobs.may_resume(job, now + timedelta(days=6))
    jobs.sweep(now + timedelta(days=8))
    assert not StagedRow.objects.exists()
    assert not jobs.may_resume(job, now + timedelta(days=8))
