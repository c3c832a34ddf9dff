"""Each decision of sales reaches marketing: written with the move, taken back with its undo."""

from datetime import timedelta

from django.db import connection
from django.db.models import OuterRef, Subquery

from accounts.models import User, WorkCalendar
from accounts.schedules import calendar_schedule, schedules
from handoff import clocks
from handoff.models import Decision, Handoff
from leads import bulk
from leads.lifecycle import HANDED_OFF, LOST, SAL, SQL
from leads.models import LeadEvent

GIVEN_BACK = ["reject", "recycle", "disqualify"]
DISPUTABLE = [*GIVEN_BACK, "lose"]
_WITH_SALES = {HANDED_OFF, SAL, SQL, LOST}
_SENDS = ["hand_off", "qualify", "reengage"]


def record(batch):
    """One Decision for each lead of the batch that was with sales."""
    events = [event for event in batch.events.values() if event.source in _WITH_SALES]
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [_SENDS, batch.now, [event.pk for event in events]])
        sent = {event: (pk, marketer) for pk, event, marketer in cursor.fetchall()}
    asking = []
    for event in events:
        pk, marketer = sent[event.pk]
        if _asks(event, marketer):
            asking.append(Decision(pk=pk, event=event, marketer_id=marketer, decided_at=batch.now))
    if asking:
        _set_due(asking)
        bulk.update(asking, ["due_at"])


def forget(event_ids):
    """These events are undone: nobody has decided."""
    Decision.objects.filter(event__in=event_ids).delete()


def _set_due(decisions):
    """In working time of the marketer; in that of the agreement for who has no calendar, and where
    the system alone sent the lead."""
    known = {row["pk"]: row for row in _known(decisions)}
    by_calendar: dict = {}
    for one in decisions:
        if known[one.event_id]["hours"]:
            by_calendar.setdefault(known[one.event_id]["calendar"], []).append(one)
    calendars = WorkCalendar.objects.in_bulk(by_calendar.keys() - {None})
    for pk, some in by_calendar.items():
        marketers = User.objects.filter(pk__in={one.marketer_id for one in some} - {None})
        theirs = schedules(marketers, calendars.get(pk))
        others = calendar_schedule(calendars.get(pk))
        for one in some:
            allowed = timedelta(hours=known[one.event_id]["hours"])
            schedule = theirs.get(one.marketer_id, others)
            one.due_at = clocks.deadline(schedule, one.decided_at, allowed)


def _known(decisions):
    """For each event: hours to answer and calendar by the agreement of its handoff (none: sales had
    claimed it)."""
    offers = Handoff.objects.filter(lead=OuterRef("lead")).order_by("-pk")
    return LeadEvent.objects.filter(pk__in=[one.event_id for one in decisions]).values(
        "pk",
        hours=Subquery(offers.values("agreement__answer_hours")[:1]),
        calendar=Subquery(offers.values("agreement__calendar")[:1]),
    )


def _asks(event, marketer_id):
    """Nobody answers what they did themselves, or who was sent on to a colleague."""
    given_back = event.name in GIVEN_BACK and event.target != HANDED_OFF
    return given_back and event.actor_id not in (None, marketer_id)


# Ready to send, like the lock in perform. The marketer: who last sent the lead to sales.
_RECORD = """
    INSERT INTO handoff_decision (event_id, marketer_id, decided_at)
    SELECT e.id, (
        SELECT s.actor_id FROM leads_leadevent s
        WHERE s.lead_id = e.lead_id AND s.id < e.id AND s.name = ANY(%s)
            AND s.actor_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM leads_leadevent u WHERE u.undoes_id = s.id)
        ORDER BY s.id DESC LIMIT 1
    ), %s FROM leads_leadevent e WHERE e.id = ANY(%s)
    RETURNING id, event_id, marketer_id
"""
