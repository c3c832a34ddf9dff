"""Marketing answers or disputes a decision of sales; a sales manager settles what is disputed."""

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.decisions import DISPUTABLE
from handoff.definition import definition
from handoff.models import Decision, Response
from leads.lifecycle import DISQUALIFIED, LOST, MQL, NURTURE, UNQUALIFIED
from leads.models import Lead
from leads.noting import note_event
from leads.perform import perform
from leads.refusals import Conflict, Forbidden, Missing, Refusal
from leads.words import ago

Kind, Settlement = Response.Kind, Response.Settlement
EVENTS = {Kind.ANSWER: "answered", Kind.DISPUTE: "disputed"}
# How a lead comes back to review from where the decision has brought it.
BACK = {
    MQL: [],
    UNQUALIFIED: ["qualify"],
    NURTURE: ["qualify"],
    DISQUALIFIED: ["reopen", "qualify"],
    LOST: ["reopen", "qualify"],
}


@transaction.atomic
def answer(event_id, kind, *, note, by, now):
    """Answer or dispute one decision, once. Returns the Response, or raises a Refusal."""
    decision = _decision(event_id, locked=True)
    event = decision.event
    if decision.answered_at:
        raise Conflict(_said(event.response.by, _("answered"), event.response.responded_at, now))
    if kind == Kind.DISPUTE and event.name not in DISPUTABLE:
        raise Refusal(_("Only what was given back or lost can be disputed."), field="kind")
    if kind == Kind.DISPUTE and not note:
        raise Missing(_("Say what is wrong with the decision."), field="note")
    response = Response.objects.create(event=event, kind=kind, note=note, by=by, responded_at=now)
    decision.answered_at = now
    decision.save(update_fields=["answered_at"])
    details = _details(decision)
    note_event(event.lead, EVENTS[kind], by=by, now=now, note=note, details=details)
    return response


@transaction.atomic
def settle(event_id, settlement, *, note, by, now):
    """A sales manager says what becomes of a dispute. Returns the Response, or raises a Refusal.

    The lead moves before the decision is locked: whoever undoes it locks in this order, too.
    """
    lead = Lead.objects.get(events=event_id)
    _check_open(_decision(event_id), by, now)
    if settlement == Settlement.RETURNED:
        _back_to_review(lead, note=note, by=by, now=now)
    decision = _decision(event_id, locked=True)
    response = _check_open(decision, by, now)
    response.settlement, response.settlement_note = settlement, note
    response.settled_by, response.settled_at = by, now
    response.save()
    details = _details(decision) | {"disputed_by": response.by_id}
    said = {"reason": _CODES[settlement], "note": note, "details": details}
    note_event(decision.event.lead, "settled", by=by, now=now, **said)
    return response


def may_settle(response, user):
    return user.has_perm("handoff.sign_for_sales") and response.by_id != user.pk


def _decision(event_id, *, locked=False):
    """With what was said to it: read once it is locked, or another's answer would be missed."""
    decisions = Decision.objects.filter(event=event_id)
    if locked:
        decisions.select_for_update().first()
    decision = decisions.select_related("event__lead", "event__response").first()
    if decision is None:
        raise Conflict(_("This decision was taken back meanwhile."))
    return decision


def _check_open(decision, by, now):
    """The dispute that waits for this person, or its refusal."""
    response = getattr(decision.event, "response", None)
    if response is None or response.kind != Kind.DISPUTE:
        raise Refusal(_("Nobody has disputed this."))
    if response.settlement:
        raise Conflict(_said(response.settled_by, _("settled"), response.settled_at, now))
    if not may_settle(response, by):
        raise Forbidden(_("A sales manager settles this, and not who disputed it."))
    return response


def _details(decision):
    return {"decision": decision.event_id, "decided_by": decision.event.actor_id}


def _said(who, done, at, now):
    words = {"who": who.display_name, "done": done, "ago": ago(now - at)}
    return _("%(who)s %(done)s this %(ago)s.") % words


def _back_to_review(lead, *, note, by, now):
    """By the transitions that there are: a manager reopens, and overrides the paths."""
    steps = BACK.get(lead.stage)
    if steps is None:
        words = {"lead": lead, "stage": lead.get_stage_display()}
        raise Refusal(_("%(lead)s is %(stage)s now: from there no way leads back.") % words)
    if lead.do_not_contact and steps:
        raise Refusal(_("%(lead)s asked not to be contacted.") % {"lead": lead})
    for name in steps:
        reason = _reason_to_reopen() if name == "reopen" else "dispute settled"
        lead = perform(lead, name, by=by, now=now, reason=reason, note=note)


def _reason_to_reopen():
    found = definition()
    offered = [one.code for one in found.offered_at("reopen")] if found else []
    if not offered:
        raise Refusal(_("The agreement offers no reason to reopen a lead."))
    return "other" if "other" in offered else offered[0]


_CODES = {Settlement.UPHELD: "the decision stands", Settlement.RETURNED: "back to review"}
