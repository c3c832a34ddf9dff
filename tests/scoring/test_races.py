"""Two who score the same leads at once: the one who has seen more has the last word."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from leads.models import Lead
from scoring import scores
from tests.factories import ActivityFactory, LeadFactory, RuleFactory

NOW = timezone.now()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("everybody", [True, False])
def test_an_older_view_never_overwrites_a_newer_one(everybody):
    model = RuleFactory(condition={"did": "page_view"}, points=5).model
    lead = LeadFactory()
    ActivityFactory(lead=lead, happened_at=NOW - timedelta(hours=2))
    began, meanwhile = threading.Event(), threading.Event()

    def earlier():
        with transaction.atomic():
            scores.rescore(None if everybody else [lead.pk], model, now=NOW)
            began.set()
            meanwhile.wait(5)  # still open while the other one comes
        connection.close()

    thread = threading.Thread(target=earlier)
    thread.start()
    began.wait(5)
    ActivityFactory(lead=lead, happened_at=NOW - timedelta(hours=1))  # need not wait
    threading.Timer(0.3, meanwhile.set).start()
    scores.rescore([lead.pk], model, now=NOW)
    thread.join()
    assert Lead.objects.get(pk=lead.pk).score == 10
