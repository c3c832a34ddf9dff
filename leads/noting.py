"""Events that move nobody: what was said of a lead, or noticed. They stand in its timeline."""

from django.db import transaction

from leads import deliver
from leads.models import LeadEvent


def note_event(lead, name, *, by, now, reason="", note="", details=None):
    """Write one event without a stage, in the caller's transaction; its reactions run after it."""
    event = LeadEvent.objects.create(
        lead=lead,
        name=name,
        actor=by,
        happened_at=now,
        reason=reason,
        note=note,
        score=lead.score,
        grade=lead.grade,
        details=details or {},
        dispatched_at=None if deliver.reactions(name) else now,
    )
    if event.dispatched_at is None:
        transaction.on_commit(lambda: deliver.deliver([event.pk]), robust=True)
    return event
