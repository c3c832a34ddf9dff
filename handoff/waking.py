"""Nurture ends: on the wake-up date a lead comes back, dated ones to the rep who heard the date."""

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.schedules import absent
from handoff import agreements
from handoff.qualifying import released
from leads.lifecycle import MQL, NURTURE
from leads.models import Lead, LeadEvent
from leads.perform import perform_many

AGAIN_DAYS = 30
SOME = 10_000
ROUTED = object()  # whoever routing finds


def wake_due(now=None):
    """Wake every nurture lead whose date has come and whose hold is over. Returns the woken."""
    now = now or timezone.now()
    if agreements.in_force() is None:
        return []
    due = Lead.objects.filter(stage=NURTURE, due_at__lte=now)
    woken = []
    while ready := list(due.filter(released(now)).values_list("pk", flat=True)[:SOME]):
        for taker, ids in _grouped(ready, _takers(ready, now)):
            woken += _wake(ids, taker, now)
        _look_again(due.filter(pk__in=ready), now)
    _look_again(due, now)
    return woken


@transaction.atomic
def _wake(ids, taker, now):
    """Into review, and at once back to the rep who heard the date, or to another one by routing."""
    group = uuid4() if taker else None
    woken = perform_many(ids, "wake", by=None, now=now, group=group).moved
    if taker:
        named = {} if taker is ROUTED else {"to_user": taker, "why": "asked to come back to you"}
        perform_many(woken, "hand_off", by=None, now=now, group=group, **named)
    return woken


@transaction.atomic
def _look_again(leads, now):
    """Who is held, or may not wake, is looked at later: no date stands in the past."""
    locked = leads.select_for_update(of=("self",), no_key=True).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    Lead.objects.filter(pk__in=ids).update(due_at=now + timedelta(days=AGAIN_DAYS))


def _takers(lead_ids, now):
    """{lead id: the rep who gave it back with a date or, for a manager who did it for somebody, its
    owner then; ROUTED where neither of them can take it now}. What marketing dated is not here."""
    events = LeadEvent.objects.filter(
        lead__in=lead_ids, target=NURTURE, undone_by=None, name__in=["reject", "recycle"]
    )
    latest = events.order_by("lead", "-id").distinct("lead")
    heard = {
        e.lead_id: [e.actor_id, e.details["before"]["owner_id"]]
        for e in latest
        if e.actor_id and e.source != MQL and e.details.get("dated")
    }
    reps = _reps({pk for ids in heard.values() for pk in ids}, now)
    return {
        lead: next((reps[pk] for pk in ids if pk in reps), ROUTED) for lead, ids in heard.items()
    }


def _reps(ids, now):
    there = ids - absent(ids, now)
    people = User.objects.filter(pk__in=there, is_active=True).select_related("team")
    return {user.pk: user for user in people if user.is_rep and user.team_id}


def _grouped(ids, heard):
    groups = {}
    for pk in ids:
        groups.setdefault(heard.get(pk), []).append(pk)
    return groups.items()
