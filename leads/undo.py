"""Undo: the same person takes back the latest event of a lead within 10 seconds."""

from datetime import timedelta

from django.db import transaction

from leads.lifecycle import UNDO_SECONDS, UNDOABLE
from leads.models import LeadEvent
from leads.refusals import Conflict, Forbidden
from leads.words import who_did


def gate(batch):
    """Find what each lead's undo undoes; refuse what is too late or somebody else's."""
    latest = latest_standing([lead.pk for lead in batch.leads])
    for lead in list(batch.leads):
        event = latest.get(lead.pk)
        refusal = _refusal(event, batch)
        if refusal:
            batch.refuse(lead, refusal)
        else:
            batch.each[lead.pk] = {"undoes": event, "before": event.details["before"]}


def latest_standing(lead_ids):
    """{lead id: its latest event that is neither an undo nor undone}."""
    events = (
        LeadEvent.objects.filter(lead__in=lead_ids, undone_by=None)
        .exclude(name="undo")
        .exclude(target="")
        .order_by("lead_id", "-id")
        .distinct("lead_id")
        .select_related("actor")
    )
    return {event.lead_id: event for event in events}


def undo_group(lead, *, by, now=None):
    """Undo the latest event, and with it all events of its group. Returns the fresh lead."""
    from leads.perform import perform

    with transaction.atomic():
        event = latest_standing([lead.pk]).get(lead.pk)
        group = event.group if event else None
        lead = perform(lead, "undo", by=by, now=now)
        while group and (event := latest_standing([lead.pk]).get(lead.pk)) and event.group == group:
            lead = perform(lead, "undo", by=by, now=now)
    return lead


def _refusal(event, batch):
    if event is None:
        return Conflict("There is nothing to undo.")
    if event.actor_id is None or batch.by is None or event.actor_id != batch.by.pk:
        return Conflict(f"{who_did(event, batch.now)} Nothing was undone.")
    if batch.now - event.happened_at > timedelta(seconds=UNDO_SECONDS):
        return Conflict(f"More than {UNDO_SECONDS} seconds have passed; nothing was undone.")
    if event.name not in UNDOABLE and not event.group:
        return Forbidden(f"“{event.name}” cannot be undone.")
    return None
