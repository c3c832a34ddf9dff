"""First touch: the first call, meeting or email of a person after a lead was handed off.

It is what a hand-raise waits for. Once it was made in time, whoever has the offer may take as long
to decide as about any other lead.
"""

from django.db import connection
from django.db.models import F

from accounts.schedules import schedule_of
from handoff import clocks
from handoff.models import Handoff
from leads import bulk
from leads.models import Lead

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
        list(_raised(leads).select_for_update(of=("self",), no_key=True).order_by("pk"))
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, [list(leads), list(moments)])
        leave_to_decide(leads)


def leave_to_decide(lead_ids):
    """Pending hand-raises of these leads that were touched in time: their clock is that of other
    offers from now on, begun when it began. The leads are locked. Done again it changes nothing.
    """
    touched = Handoff.objects.filter(lead__in=lead_ids, touched_at__lte=F("due_at"), **_RAISED)
    touched = touched.filter(allowed__isnull=False, agreement__isnull=False)
    related = ["lead", "agreement__calendar", "to_user", "to_team", "pause"]
    moved = [one for one in touched.select_related(*related) if _gets_longer(one, one.agreement)]
    bulk.update(moved, ["allowed", "due_at", "warned"])
    bulk.update([one.lead for one in moved], ["due_at"])


def _raised(lead_ids):
    pending = Handoff.objects.filter(lead__in=lead_ids, touched_at=None, **_RAISED)
    return Lead.objects.filter(pk__in=pending.values("lead"))


def _gets_longer(handoff, agreement):
    """Move its clock to what the agreement gives for a touched lead. False: it has that."""
    longer = clocks.once_touched(agreement)
    if longer <= handoff.allowed:
        return False
    schedule = schedule_of(handoff.to_user or handoff.to_team, agreement.calendar)
    pauses = clocks.pauses_of(handoff)
    due_at = clocks.deadline(schedule, handoff.created_at, longer, pauses)
    handoff.allowed, handoff.warned = longer, 0
    handoff.due_at = handoff.lead.due_at = due_at
    return True


def _is_touch(activity):
    return activity.by_id is not None and activity.kind in _BY_US


_RAISED = {"state": Handoff.State.PENDING, "kind": Handoff.Kind.HAND_RAISE}
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
