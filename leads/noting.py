"""Events that move nobody: what was said of a lead, or noticed. They stand in its timeline."""

from django.db import transaction

from leads import deliver
from leads.models import LeadEvent


def note_event(lead, name, *, by, now, reason="", note="", details=None):
    """Write one event without a stage, in the caller's transaction; its reactions run after it."""
    said = {"reason": reason, "note": note, "details": details or {}}
    return note_events([(lead, said)], name, by=by, now=now)[0]


def note_events(noted, name, *, by, now):
    """The same for many leads: `noted` are pairs of a lead and its {reason, note, details}."""
    reacts = deliver.reactions(name)
    events = LeadEvent.objects.bulk_create(
        LeadEvent(
            lead=lead,
            name=name,
            actor=by,
            happened_at=now,
            score=lead.score,
            grade=lead.grade,
            dispatched_at=None if reacts else now,
            **said,
        )
        for lead, said in noted
    )
    if events and reacts:
        ids = [event.pk for event in events]
        transaction.on_commit(lambda: deliver.deliver(ids), robust=True)
    return events
