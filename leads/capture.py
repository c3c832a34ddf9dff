"""How a lead is born: the row, its attributes and its first event, in one transaction."""

from django.core.exceptions import ValidationError
from django.db import transaction

from leads import deliver
from leads.lifecycle import UNQUALIFIED
from leads.models import Attribute, Lead, LeadAttributes, LeadEvent


@transaction.atomic
def capture(*, now, by=None, attributes=None, details=None, **fields):
    """Create one lead from its column values and {attribute code: typed value}.

    Raises a ValidationError of {code: what is wrong} for values that do not fit.
    """
    if problems := wrong_values(attributes or {}):
        raise ValidationError(problems)
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
    announce_births([event.pk for event in events])
    return events


def announce_births(event_ids):
    """Hand the first events of leads to their reactions, after commit."""
    transaction.on_commit(lambda: deliver.deliver(event_ids), robust=True)


def wrong_values(values):
    """{attribute code: what is wrong with its value}"""
    known = {one.code: one for one in Attribute.objects.filter(code__in=values)} if values else {}
    return {
        code: f"“{known[code]}” takes {_TAKES[known[code].kind]}."
        if code in known
        else "There is no such attribute."
        for code, value in values.items()
        if code not in known or not known[code].fits(value)
    }


_TAKES = {
    "text": "a text",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date (YYYY-MM-DD)",
}
