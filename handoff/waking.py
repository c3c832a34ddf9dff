"""Nurture ends: on the wake-up date a lead comes back, dated ones to the rep who heard the date."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from handoff.qualifying import released
from leads.lifecycle import NURTURE
from leads.models import Lead, LeadEvent
from leads.perform import perform_many

AGAIN_DAYS = 30


def wake_due(now=None):
    """Wake every nurture lead whose date has come and whose hold is over. Returns the woken."""
    now = now or timezone.now()
    due = Lead.objects.filter(stage=NURTURE, due_at__lte=now, do_not_contact=False)
    ready = list(due.filter(released(now)).values_list("pk", flat=True)[:10_000])
    heard = _who_heard(ready)
    woken = []
    for by_user, ids in _grouped(ready, heard):
        group = uuid4() if by_user else None
        outcome = perform_many(ids, "wake", by=None, now=now, group=group)
        woken += outcome.moved
        if by_user:
            perform_many(
                ids, "hand_off", by=None, now=now, group=group, to_user=by_user,
                why="asked to come back to you",
            )  # fmt: skip
    # Still waiting for new activities: look again later, so that the date never stands in the past.
    due.filter(~Q(pk__in=ready)).update(due_at=now + timedelta(days=AGAIN_DAYS))
    return woken


def _who_heard(lead_ids):
    """{lead id: the active rep who gave it back with a date}."""
    events = LeadEvent.objects.filter(
        lead__in=lead_ids, target=NURTURE, undone_by=None, name__in=["reject", "recycle"]
    )
    latest = events.order_by("lead", "-id").distinct("lead")
    heard = {e.lead_id: e.actor_id for e in latest if e.details.get("dated")}
    reps = User.objects.filter(pk__in=set(heard.values()), is_active=True).select_related("team")
    reps = {user.pk: user for user in reps if user.is_rep and user.team_id}
    return {lead: reps[user] for lead, user in heard.items() if user in reps}


def _grouped(ids, heard):
    groups = {}
    for pk in ids:
        groups.setdefault(heard.get(pk), []).append(pk)
    return groups.items()
