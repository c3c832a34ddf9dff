"""Real and hostile files beside the project, and how a test imports one."""

import json

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from intake import importing, jobs
from intake.models import StagedRow
from leads.models import Attribute, Company, FieldChange, Lead, LeadAttributes, LeadEvent, StaleLead

SHARED = settings.BASE_DIR.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def _files_in_a_folder(settings, tmp_path):
    """As in production, so that another process can read them."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    }


@pytest.fixture
def shared():
    if not SHARED.exists():
        pytest.skip("the shared test data is not here")
    return SHARED


@pytest.fixture
def expected(shared):
    return lambda folder: json.loads((shared / folder / "expected.json").read_text())


def upload(content, *, name="leads.csv", by=None, **read_as):
    data = content.encode() if isinstance(content, str) else content
    return jobs.upload(ContentFile(data), name=name, by=by, now=timezone.now(), **read_as)


def run(job, mapping=None):
    """Start and run to the end. Returns the job as it is then; its rows are all accounted for."""
    jobs.start(job, mapping or job.mapping)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert job.read == job.rows_total == job.merged + job.skipped + job.failed
    assert job.rejected.count() == job.failed
    assert not StagedRow.objects.exists()
    return job


def import_file(content, mapping=None, **how):
    return run(upload(content, **how), mapping)


def totals(job):
    """{count: number} of those that are not zero."""
    names = ("created", "updated", "unchanged", "skipped", "failed")
    return {name: getattr(job, name) for name in names if getattr(job, name)}


def reasons(job):
    """{line: reason} of the rejected rows."""
    return dict(job.rejected.values_list("line", "reason"))


def world():
    """Everything that an import may write, to compare before and after."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            Lead,
            LeadAttributes,
            Company,
            LeadEvent,
            FieldChange,
            Attribute,
            StaleLead,
        )
    ]
