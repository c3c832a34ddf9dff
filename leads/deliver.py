"""The outbox: hand events to their reactions, at least once.

`dispatched_at` means "reactions enqueued", or none to enqueue. What a dead broker or a killed
worker left behind is taken by `sweep`, so reactions are idempotent.
"""

import logging

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from leads.models import LeadEvent

log = logging.getLogger(__name__)
SOME = 1_000


def reactions(name):
    """The tasks that an event of this name is handed to."""
    return settings.LEAD_PIPELINE.get(name, {}).get("reactions", [])


def deliver(event_ids):
    """Enqueue the reactions of these events, grouped by reaction, as lists of event ids."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [list(event_ids), timezone.now()])
        for path, ids in _by_reaction(cursor.fetchall()).items():
            import_string(path).delay(ids)


def follow(name, lead_ids):
    """Run the effect of what is no transition, in the transaction of what it follows."""
    import_string(settings.LEAD_PIPELINE[name]["effect"])(lead_ids)


def announce(name):
    """Ring the reactions of what is no event, after commit. Only to be fast: what they do is also
    done by the scheduler, so a dead broker loses nothing."""
    for path in reactions(name):
        transaction.on_commit(import_string(path).delay, robust=True)


def sweep():
    """Deliver what was left behind, a batch at a time; one bad batch does not block the next."""
    waiting = LeadEvent.objects.filter(dispatched_at=None).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[: 20 * SOME])
    for start in range(0, len(ids), SOME):
        try:
            deliver(ids[start : start + SOME])
        except Exception:
            log.exception("could not enqueue the reactions of %s events", SOME)
    return len(ids)


# Claimed first, in the same transaction: who cannot enqueue them has not claimed them.
_CLAIM = """
    WITH waiting AS (
        SELECT id FROM leads_leadevent WHERE id = ANY(%s) AND dispatched_at IS NULL
        ORDER BY id FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE leads_leadevent e SET dispatched_at = %s FROM waiting w WHERE e.id = w.id
        RETURNING e.id, e.name
    ) SELECT name, array_agg(id ORDER BY id) FROM claimed GROUP BY name ORDER BY min(id)
"""


def _by_reaction(claimed):
    """{path of the task: event ids}; `claimed`: (name of events, their ids)"""
    found = {}
    for name, ids in claimed:
        for path in reactions(name):
            found.setdefault(path, []).extend(ids)
    return {path: sorted(ids) for path, ids in found.items()}
