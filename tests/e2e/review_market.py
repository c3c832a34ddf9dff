"""Somebody in every view of the review, for the tests that look at it."""

from datetime import timedelta

from django.utils import timezone

from handoff import agreements, presence, reviewing, snoozing
from handoff.models import ReviewEntry
from leads.models import Lead
from tests.factories import LeadFactory


def fill(market):
    """{view: one of its leads}; "ready" is open at Marta, and "snoozed" left it for a day."""
    now = timezone.now()
    ready, fell, missing, asleep, recycled = market.mqls(5)
    near, vetoed = LeadFactory(), LeadFactory()
    changes = {
        near: {"grade": "B4", "fit": 37, "engagement": 7, "score": 44},
        vetoed: {"grade": "A1", "do_not_contact": True},
        fell: {"grade": "D4", "fit": 1, "engagement": 1, "score": 2},
        missing: {"phone": ""},
    }
    for lead, facts in changes.items():
        Lead.objects.filter(pk=lead.pk).update(**facts)
    fell.activities.all().delete()
    recycled.cycles.update(origin="recycled")
    ids = [lead.pk for lead in (near, vetoed, fell, missing, recycled)]
    reviewing.place(agreements.in_force(), ids, now=now)
    snoozing.snooze(asleep, now + timedelta(days=1), by=market.ivana, now=now)
    presence.look(market.marta, ready.pk, now=now + timedelta(hours=1))
    found = {
        "ready": ready, "near": near, "fell": fell, "recycled": recycled,
        "vetoed": vetoed, "missing": missing,
    }  # fmt: skip
    for view, lead in found.items():
        assert ReviewEntry.objects.get(lead=lead).view == view
    return found | {"snoozed": asleep}
