"""Snooze: an MQL leaves its view until a moment, which is then when it is to be decided."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.models import ReviewEntry
from leads.lifecycle import MQL
from leads.models import Lead, LeadEvent
from leads.refusals import Conflict, Forbidden
from leads.words import conflict_words

PRESETS = {
    "tomorrow": _("Tomorrow"),
    "days": _("In 3 days"),
    "week": _("Next week"),
}
_MORNING = 9


def until(preset, now):
    """The morning that a preset means, in the reader's time zone."""
    today = timezone.localtime(now)
    days = {"tomorrow": 1, "days": 3, "week": 7 - today.weekday()}[preset]
    morning = today.replace(hour=_MORNING, minute=0, second=0, microsecond=0, tzinfo=None)
    return timezone.make_aware(morning + timedelta(days=days))


@transaction.atomic
def snooze(lead, until, *, by, now):
    """The stage stays. Raises Conflict when the lead is no MQL any more. Returns the fresh lead."""
    if not by.is_marketer:
        raise Forbidden(f"{by} may not snooze this lead.")
    lead = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)
    if lead.stage != MQL:
        raise Conflict(conflict_words([lead], now)[lead.pk])
    details = {"until": until, "due_at": lead.due_at}
    lead.due_at = until
    lead.save(update_fields=["due_at"])
    ReviewEntry.objects.filter(lead=lead).update(snoozed_until=until, snoozed_by=by)
    LeadEvent.objects.create(
        lead=lead,
        name="snoozed",
        actor=by,
        happened_at=now,
        score=lead.score,
        grade=lead.grade,
        details=details,
        dispatched_at=now,
    )
    return lead


def follow(batch):
    """After a move within the review: a snooze ends with the MQL, and comes back with an undo."""
    mqls = [lead for lead in batch.leads if lead.stage == MQL]
    entries = ReviewEntry.objects.filter(lead__in=[lead.pk for lead in batch.leads])
    if len(mqls) < len(batch.leads):
        snoozed = entries.filter(snoozed_until__isnull=False).exclude(lead__in=mqls)
        snoozed.update(snoozed_until=None, snoozed_by=None)
    if batch.name == "undo" and mqls:
        for pk, until, by in _snoozed(mqls, batch.now):
            entries.filter(lead=pk).update(snoozed_until=until, snoozed_by=by)


def _snoozed(mqls, now):
    """(id, until, by whom) of those whose date is that of their latest snooze."""
    events = LeadEvent.objects.filter(lead__in=mqls, name="snoozed").order_by("lead", "-id")
    latest = {event.lead_id: event for event in events.distinct("lead")}
    for lead in mqls:
        if event := latest.get(lead.pk):
            until = datetime.fromisoformat(event.details["until"])
            if lead.due_at == until > now:
                yield lead.pk, until, event.actor_id
