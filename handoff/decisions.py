"""Each decision of sales reaches marketing: written with the move, taken back with its undo."""

from datetime import timedelta

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
    known = {row["pk"]: row for row in _known(events)}
    decisions = [
        Decision(event=event, marketer_id=known[event.pk]["marketer"], decided_at=batch.now)
        for event in events
    ]
    _set_due(decisions, known)
    bulk.insert(decisions)


def forget(event_ids):
    """These events are undone: nobody has decided."""
    Decision.objects.filter(event__in=event_ids).delete()


def _known(events):
    """For each event: who sent the lead; hours to answer and calendar by the agreement of its
    handoff (none: sales had claimed it)."""
    sent = LeadEvent.objects.filter(
        lead=OuterRef("lead"),
        pk__lt=OuterRef("pk"),
        name__in=_SENDS,
        actor__isnull=False,
        undone_by=None,
    )
    offers = Handoff.objects.filter(lead=OuterRef("lead"))
    return LeadEvent.objects.filter(pk__in=[event.pk for event in events]).values(
        "pk",
        marketer=Subquery(sent.order_by("-pk").values("actor")[:1]),
        hours=Subquery(offers.order_by("-pk").values("agreement__answer_hours")[:1]),
        calendar=Subquery(offers.order_by("-pk").values("agreement__calendar")[:1]),
    )


def _set_due(decisions, known):
    """In working time of the marketer; in that of the agreement for who has no calendar, and where
    the system alone sent the lead."""
    by_calendar: dict = {}
    for one in decisions:
        if _asks(one) and known[one.event_id]["hours"]:
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


def _asks(decision):
    """Nobody answers what they did themselves, or who was sent on to a colleague."""
    event = decision.event
    given_back = event.name in GIVEN_BACK and event.target != HANDED_OFF
    return given_back and event.actor_id not in (None, decision.marketer_id)
