"""What is left of an import when it has ended, and for how long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake import importing, jobs
from intake.models import StagedRow
from tests.intake.conftest import upload

pytestmark = pytest.mark.django_db


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
