"""Who else is looking: a lease on a lead of the review. It locks nothing, it only tells; and the
system demotes no lead at which somebody looks (handoff/judging.py)."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q

from handoff.models import ReviewEntry

LEASE = timedelta(seconds=60)
SOME = 200  # more people than ever review at once


def look(user, lead_id, *, now):
    """Take the lease or renew it; who had it first keeps it. The user's other leases end.

    Two statements, each a transaction of its own: nobody waits for two leads at once.
    """
    held = ReviewEntry.objects.filter(seen_by=user, seen_until__gt=now)
    held.exclude(lead=lead_id).update(seen_until=now)
    free = Q(seen_by=None) | Q(seen_by=user) | Q(seen_until__lte=now)
    ReviewEntry.objects.filter(free, lead=lead_id).update(seen_by=user, seen_until=now + LEASE)


def others(user, *, now):
    """Entries at which somebody else looks, with `seen_by`."""
    held = ReviewEntry.objects.filter(seen_by__isnull=False, seen_until__gt=now)
    return list(held.exclude(seen_by=user).select_related("seen_by").order_by("lead")[:SOME])


def watcher(entry, user, *, now):
    """Who else has the lead of this entry open, or None."""
    live = entry.seen_until and entry.seen_until > now and entry.seen_by_id != user.pk
    return entry.seen_by if live else None


def end(now):
    """Forget leases that have ended, and have those leads judged: the look may have kept them."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [now])


_END = """
    WITH ended AS (
        UPDATE handoff_reviewentry SET seen_by_id = NULL, seen_until = NULL
        WHERE lead_id IN (
            SELECT lead_id FROM handoff_reviewentry
            WHERE seen_by_id IS NOT NULL AND seen_until <= %s FOR UPDATE SKIP LOCKED
        ) RETURNING lead_id
    ) INSERT INTO leads_stalelead (lead_id) SELECT lead_id FROM ended
"""
