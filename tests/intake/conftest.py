"""Real and hostile files beside the project, and how a test imports one."""

import json

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from intake import importing, jobs
from leads.models import FieldChange, Lead, LeadEvent

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
    """Start and run to the end. Returns the job as it is then."""
    jobs.start(job, mapping or job.mapping)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    return job


def import_file(content, mapping=None, **how):
    return run(upload(content, **how), mapping)


def totals(job):
    names = ("read", "created", "updated", "unchanged", "skipped", "failed")
    return {name: getattr(job, name) for name in names if getattr(job, name)}


def world():
    """Everything an import could write, to compare before and after."""
    return (
        sorted(Lead.objects.values_list("pk", "email", "external_id", "attributes__values__md5"))
        if False
        else [
            Lead.objects.count(),
            LeadEvent.objects.count(),
            FieldChange.objects.count(),
        ]
    )
