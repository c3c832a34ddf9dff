"""What marketing says to decisions of sales, and what Claire makes of disputes, day by day."""

from handoff.answering import answer, settle
from handoff.decisions import DISPUTABLE
from handoff.models import Decision, Response

_ANSWERS = [
    "Noted, thank you.",
    "We look at the webinar list again.",
    "Fair. The form will ask for the number of halls.",
]
_DISPUTES = [
    "They asked for a quote on the phone on Monday. Please call once more.",
    "Plant manager of a group with four sites: that is our customer.",
]
_SETTLED = {
    "upheld": "I listened to the call: there is no project this year.",
    "returned": "Right, we were too fast here. Please review it once more.",
}


def answer_waiting(people, random, now, *, share, disputed):
    """The morning's answers to a share of what sales gave back; some of it is disputed."""
    waiting = Decision.objects.filter(due_at__isnull=False, answered_at=None, decided_at__lt=now)
    for decision in waiting.select_related("event", "marketer").order_by("pk"):
        if random.random() > share:
            continue
        by = decision.marketer or people["Ivana"]
        if decision.event.name in DISPUTABLE and random.random() < disputed:
            answer(decision.event_id, "dispute", note=random.choice(_DISPUTES), by=by, now=now)
        else:
            answer(decision.event_id, "answer", note=random.choice(_ANSWERS), by=by, now=now)


def settle_disputes(people, random, now):
    """Claire keeps most decisions; what is with sales again by now, always."""
    disputed = Response.objects.filter(kind="dispute", settlement="", responded_at__lt=now)
    for response in disputed.select_related("event__lead").order_by("pk"):
        lead = response.event.lead
        comes_back = lead.stage in ("nurture", "disqualified") and not lead.do_not_contact
        what = "returned" if comes_back and random.random() < 0.4 else "upheld"
        settle(response.event_id, what, note=_SETTLED[what], by=people["Claire"], now=now)
