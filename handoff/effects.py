"""What follows from a move in the same transaction: Handoffs and Opportunities of the batch."""

from django.db import connection

from handoff import decisions, seats, touching
from handoff.models import Handoff, Opportunity
from leads import bulk
from leads.changes import recording
from leads.duplicates import pairs
from leads.lifecycle import HANDED_OFF
from leads.models import Lead

_DECIDED = ["state", "decided_at", "decided_event_id"]
_DEAL = ["status", "amount", "reason", "closed_at", "closed_event_id"]


def open_handoffs(batch):
    """One pending Handoff for each lead which is handed off now."""
    handoffs = []
    for lead in batch.leads:
        said = batch.args_for(lead)
        if lead.stage == HANDED_OFF:
            handoffs.append(
                Handoff(
                    lead=lead,
                    agreement_id=said.get("agreement_id"),
                    event=batch.events[lead.pk],
                    to_user=said.get("to_user"),
                    to_team=said.get("to_team"),
                    why=said.get("why", ""),
                    kind=said.get("kind", Handoff.Kind.OTHER),
                    allowed=said.get("allowed"),
                    created_at=batch.now,
                    due_at=lead.due_at,
                )
            )
    bulk.insert(handoffs)


def recalled(batch):
    _decide(batch, Handoff.State.RECALLED)


def reassigned(batch):
    """The pending Handoff ends as rerouted, or as `ends` says, and the next one opens in the same
    cycle."""
    _decide(batch, batch.args.get("ends", Handoff.State.REROUTED))
    open_handoffs(batch)


def accepted(batch):
    _decide(batch, Handoff.State.ACCEPTED)
    _open_deals(batch)
    decisions.record(batch)


def rejected(batch):
    rerouted = any(lead.stage == HANDED_OFF for lead in batch.leads)
    _decide(batch, Handoff.State.REROUTED if rerouted else Handoff.State.REJECTED)
    _suppress(batch)
    _name_others(batch)
    open_handoffs(batch)
    decisions.record(batch)


def claimed(batch):
    _open_deals(batch)


def became_sql(batch):
    deals = _going(batch)
    for deal in deals:
        deal.status = Opportunity.Status.OPEN
        deal.amount = batch.args.get("amount") or deal.amount
    bulk.update(deals, _DEAL)
    decisions.record(batch)


def won(batch):
    _close_deals(batch, Opportunity.Status.WON)
    decisions.record(batch)


def left(batch):
    """recycle, disqualify, lose: a pending Handoff is withdrawn, a going deal is lost."""
    _decide(batch, Handoff.State.WITHDRAWN)
    _close_deals(batch, Opportunity.Status.LOST)
    _suppress(batch)
    _name_others(batch)
    if "into" not in batch.args:  # a merge is no decision of sales
        decisions.record(batch)


def undone(batch):
    """Handoffs and Opportunities are again as before the undone events."""
    events = {lead.pk: batch.each[lead.pk]["undoes"] for lead in batch.leads}
    ids = [event.pk for event in events.values()]
    decisions.forget(ids)
    seats.undo_turns(events.values())
    Handoff.objects.filter(event__in=ids).delete()
    Opportunity.objects.filter(event__in=ids).delete()
    reopened = list(Handoff.objects.filter(decided_event__in=ids))
    for handoff in reopened:
        handoff.state, handoff.decided_at, handoff.decided_event = Handoff.State.PENDING, None, None
    bulk.update(reopened, _DECIDED)
    touching.leave_to_decide([handoff.lead_id for handoff in reopened])  # while it was decided
    deals = list(Opportunity.objects.filter(closed_event__in=ids))
    for deal in deals:
        was_open = events[deal.lead_id].source == "sql"
        deal.status = Opportunity.Status.OPEN if was_open else Opportunity.Status.POTENTIAL
        deal.closed_at, deal.closed_event, deal.reason = None, None, ""
    bulk.update(deals, _DEAL)
    _silence(batch, [pk for pk, event in events.items() if event.details.get("suppress")], False)


def _decide(batch, state):
    """The pending Handoffs end. Who holds a lead's lock decides about its Handoff, too."""
    events = [batch.events[lead.pk] for lead in batch.leads]
    leads = [event.lead_id for event in events]
    with connection.cursor() as cursor:
        cursor.execute(_DECIDE, [state, batch.now, leads, [event.pk for event in events]])


def _open_deals(batch):
    """Pre-filled with what is known: the lead's interest and what was said on accepting."""
    deals = [
        Opportunity(
            lead=lead,
            event=batch.events[lead.pk],
            product=batch.args.get("product") or lead.interest,
            need=batch.args.get("need", ""),
            amount=batch.args.get("estimate"),
            currency=batch.args.get("currency") or "EUR",
            expected_close_on=batch.args.get("expected_close_on"),
            created_at=batch.now,
        )
        for lead in batch.leads
    ]
    bulk.insert(deals)


def _going(batch):
    leads = [lead.pk for lead in batch.leads]
    return list(Opportunity.objects.filter(lead__in=leads, status__in=["potential", "open"]))


def _close_deals(batch, status):
    deals = _going(batch)
    for deal in deals:
        deal.status, deal.closed_at = status, batch.now
        deal.closed_event = batch.events[deal.lead_id]
        amount = batch.args.get("amount")
        deal.amount = deal.amount if amount is None else amount
        deal.reason = batch.args.get("reason", "")
    bulk.update(deals, _DEAL)


def _suppress(batch):
    if batch.args.get("suppress"):
        _silence(batch, [lead.pk for lead in batch.leads], True)


def _name_others(batch):
    """Whom a lead was said to be a duplicate of: marketing may merge the two."""
    if other := batch.args.get("other"):
        for lead in batch.leads:
            pairs.name(lead.pk, other.pk, now=batch.now)


def _silence(batch, lead_ids, silent):
    """Known at the moment of the move, and not a moment later."""
    if lead_ids:
        with recording(batch.name, batch.now):
            Lead.objects.filter(pk__in=lead_ids).update(do_not_contact=silent)


_DECIDE = """
    UPDATE handoff_handoff h SET state = %s, decided_at = %s, decided_event_id = v.event
    FROM unnest(%s::bigint[], %s::bigint[]) AS v (lead, event)
    WHERE h.lead_id = v.lead AND h.state = 'pending'
"""
