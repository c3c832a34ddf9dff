"""Each decision of sales reaches marketing: written with the move, taken back with its undo."""

from datetime import timedelta

from django.db.models import OuterRef, Subquery

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
        Decision(
            event=event,
            marketer_id=known[event.pk]["marketer"],
            decided_at=batch.now,
            due_at=_due_at(event, **known[event.pk]),
        )
        for event in events
    ]
    bulk.insert(decisions)


def forget(event_ids):
    """These events are undone: nobody has decided."""
    Decision.objects.filter(event__in=event_ids).delete()


def _known(events):
    """For each event: who sent the lead, and the hours that the handoff's agreement gives."""
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
    )


def _due_at(event, *, marketer, hours, **_):
    """Nobody answers what they did themselves, what sales had claimed, or who was sent on."""
    given_back = event.name in GIVEN_BACK and event.target != HANDED_OFF
    if not given_back or hours is None or event.actor_id in (None, marketer):
        return None
    return event.happened_at + timedelta(hours=hours)
