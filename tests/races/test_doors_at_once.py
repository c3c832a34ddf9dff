"""The same 200 people through every door at one moment: each is one lead, and nothing that they did
is lost or told twice."""

from collections import Counter
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from intake import importing, jobs
from intake.models import ImportJob, Submission
from intake.stamps import Stamp
from intake.tasks import sweep_submissions
from leads.models import Activity, ExternalId, Lead, LeadAttributes, LeadEvent
from tests.api_client import System
from tests.forking import FORK, process
from tests.intake.form_world import BROWSER, a_form

PEOPLE, SOME = 200, 50
AT = "2026-03-02T09:00:00+01:00"


@pytest.fixture(autouse=True)
def _files_in_a_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    }


@pytest.mark.django_db(transaction=True)
def test_each_is_one_lead_and_no_deed_is_lost_or_told_twice():
    form, system = a_form(), System(system="hubspot")
    forward = list(range(PEOPLE))
    files = [_a_job(order) for order in (forward, forward[::-1])]
    works = [
        *((_import, job.pk) for job in files),
        *((_tell, system, forward[start:] + forward[:start]) for start in (0, 70, 140)),
        *((_fill_in, form, forward[third::3]) for third in range(3)),
    ]
    ready = FORK.Barrier(len(works))
    senders = [process(_at_once, ready, *work) for work in works]
    for one in senders:
        one.start()
    for one in senders:
        one.join(120)
    assert [one.exitcode for one in senders] == [0] * len(works)
    sweep_submissions()  # takes in what lost a race too often
    assert Lead.objects.count() == LeadAttributes.objects.count() == PEOPLE
    assert LeadEvent.objects.filter(name="captured").count() == PEOPLE
    assert ExternalId.objects.filter(system="hubspot").count() == PEOPLE
    for job in ImportJob.objects.all():
        assert (job.state, job.failed, job.merged) == ("done", 0, PEOPLE), job.error
    assert set(Submission.objects.values_list("state", flat=True)) == {"taken_in"}
    done = Counter(Activity.objects.values_list("lead", "kind"))
    assert set(done.values()) == {1}
    assert Counter(kind for _lead, kind in done) == {"page_view": PEOPLE, "demo_request": PEOPLE}


def _at_once(ready, work, *said):
    ready.wait(30)
    work(*said)


def _a_job(order):
    rows = [f"P{n}@Kempen.example,x{n},Firm {n % 7}" for n in order]
    text = "\n".join(["Email,Lead ID,Company", *rows])
    job = jobs.upload(ContentFile(text.encode()), name="a.csv", by=None, now=timezone.now())
    job.system = "hubspot"
    job.save()
    jobs.start(job, job.mapping, ring_worker=False)
    return job


def _import(job_id):
    """A worker that loses one deadlock too many ends, and the sweep rings for the job again."""
    while ImportJob.objects.filter(pk=job_id, state__in=ImportJob.LIVE).exists():
        with suppress(OperationalError):
            importing.run(job_id, now=timezone.now())


def _tell(system, order):
    """Each lead looked at a page; every sender tells it of everybody."""
    for start in range(0, PEOPLE, SOME):
        items = [
            {
                "lead": {"email": f"p{n}@kempen.example", "external_id": f"x{n}"},
                "kind": "page_view",
                "happened_at": AT,
                "external_id": f"v{n}",
            }
            for n in order[start : start + SOME]
        ]
        answer = system.post("/activities", {"items": items, "create": True})
        assert answer.status_code == 200, answer.content


def _fill_in(form, people):
    for n in people:
        stamp = Stamp(form.pk, shown_at=timezone.now().timestamp() - 60)
        said = {"lead.email": f"p{n}@kempen.example", "message": f"I am {n}", "stamp": str(stamp)}
        client = Client(REMOTE_ADDR=f"10.0.0.{n}")
        assert client.post("/f/demo/", said, headers=BROWSER).status_code == 302
