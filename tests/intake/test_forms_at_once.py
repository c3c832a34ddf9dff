"""The same person at eight processes in one moment: one lead, and eight things that it did."""

import pytest
from django.test import Client
from django.utils import timezone

from intake.models import Submission
from intake.stamps import Stamp
from leads.models import Activity, Consent, Lead, LeadEvent, Touch
from tests.forking import FORK, process
from tests.intake.form_world import ANNA, BROWSER, a_form

PROCESSES = 8


@pytest.mark.django_db(transaction=True)
def test_one_lead_and_eight_activities():
    form, ready = a_form(), FORK.Barrier(PROCESSES)
    senders = [process(_send, form, n, ready) for n in range(PROCESSES)]
    for one in senders:
        one.start()
    for one in senders:
        one.join(60)
    assert [one.exitcode for one in senders] == [0] * PROCESSES
    assert set(Submission.objects.values_list("state", flat=True)) == {"taken_in"}
    lead = Lead.objects.get()
    assert LeadEvent.objects.get(lead=lead).name == "captured"
    messages = Activity.objects.filter(lead=lead).values_list("body", flat=True)
    assert sorted(messages) == [f"I am {n}" for n in range(PROCESSES)]
    given = Consent.objects.filter(purpose="marketing_email")
    assert given.count() == Touch.objects.count() == PROCESSES


def _send(form, n, ready):
    stamp = Stamp(form.pk, shown_at=timezone.now().timestamp() - 60)
    said = ANNA | {"consent.newsletter": "1", "message": f"I am {n}", "stamp": str(stamp)}
    ready.wait(30)
    assert Client().post("/f/demo/", said, headers=BROWSER).status_code == 302
