"""Real and hostile files beside the project, and how a test imports one."""

import json

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from intake import importing, jobs, undoing
from intake.models import ImportChange, StagedRow
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


def run(job, mapping=None, **rules):
    """Start and run to the end. Returns the job as it is then; its rows are all accounted for.

    `rules`: of the mapping, beside what the form checks; those of a column by its header.
    """
    begin(job, mapping, **rules)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert job.read == job.rows_total == job.merged + job.skipped + job.failed
    assert job.rejected.filter(skipped=False).count() == job.failed
    assert not StagedRow.objects.exists()
    return job


def begin(job, mapping=None, *, trial=False, **rules):
    jobs.start(job, mapping or job.mapping, ring_worker=False, trial=trial)
    for name, rule in rules.items():
        if isinstance(rule, dict):
            job.mapping["columns"][name] |= rule
        else:
            job.mapping[name] = rule
    job.save(update_fields=["mapping"])


def try_out(job, mapping=None, **rules):
    """The dry run; returns what it found."""
    begin(job, mapping, trial=True, **rules)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "uploaded", job.error
    assert not StagedRow.objects.exists()
    assert not job.rejected.exists()
    return job.trial


def roll_back(job, by=None):
    undoing.start(job, by=by, now=timezone.now(), ring_worker=False)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "undone", job.error
    return job


def kept(job):
    """[(subject, why it stays)] after a rollback."""
    left = ImportChange.objects.filter(job=job).order_by("pk")
    return list(left.values_list("subject", "kept"))


def import_file(content, mapping=None, *, rules=None, system="", **how):
    job = upload(content, **how)
    job.system = system
    job.save()
    return run(job, mapping, **(rules or {}))


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
