"""How a lead is born: the row, its attributes and its first event, in one transaction."""

from django.db import transaction

from leads import deliver
from leads.lifecycle import UNQUALIFIED
from leads.models import Lead, LeadAttributes, LeadEvent


@transaction.atomic
def capture(*, now, by=None, attributes=None, details=None, **fields):
    """Create one lead from its column values and {attribute code: typed value}."""
    lead = Lead.objects.create(created_at=now, stage_at=now, **fields)
    LeadAttributes.objects.create(lead=lead, values=attributes or {})
    record_births([lead.pk], by=by, now=now, details=details)
    return lead


def record_births(lead_ids, *, by, now, details=None):
    """Write the first event of leads which this transaction has inserted, and announce them."""
    events = LeadEvent.objects.bulk_create(
        LeadEvent(
            lead_id=pk,
            name="captured",
            target=UNQUALIFIED,
            actor=by,
            happened_at=now,
            score=0,
            details=details or {},
        )
        for pk in lead_ids
    )
    ids = [event.pk for event in events]
    transaction.on_commit(lambda: deliver.deliver(ids), robust=True)
    return events
