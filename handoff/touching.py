"""First touch: the first call, meeting or email of a person after a lead was handed off."""

from django.db import connection

_BY_US = {"call", "meeting", "email_reply"}


def by_activities(activities):
    """Effect of activities that come in, in their transaction."""
    touch([(one.lead_id, one.happened_at) for one in activities if _is_touch(one)])


def touch(touches):
    """Note [(lead id, moment)] at the latest handoff of each lead, unless it was touched before.

    Takes handoffs: the leads must be locked before it, or not be wanted after it.
    """
    if touches:
        leads, moments = zip(*touches, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, [list(leads), list(moments)])


def _is_touch(activity):
    return activity.by_id is not None and activity.kind in _BY_US


_TOUCH = """
    WITH met AS (
        SELECT h.id, min(t.at) AS at
        FROM unnest(%s::bigint[], %s::timestamptz[]) AS t (lead, at)
        JOIN handoff_handoff h ON h.id = (
            SELECT id FROM handoff_handoff WHERE lead_id = t.lead ORDER BY id DESC LIMIT 1
        )
        WHERE t.at >= h.created_at AND h.touched_at IS NULL
        GROUP BY h.id
    )
    UPDATE handoff_handoff h SET touched_at = met.at FROM met
    WHERE h.id = met.id AND h.touched_at IS NULL
"""
