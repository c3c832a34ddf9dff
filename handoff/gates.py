"""What must hold before a lead may move. A refusal names what is missing and where to mend it."""

from dataclasses import replace

from django.db.models import Count
from django.urls import reverse

from handoff import (
    agreements,
    attempts,
    bant,
    clocks,
    dates,
    qualifying,
    reasons,
    routing,
    sql_gate,
)
from handoff.definition import definition
from handoff.models import Discovery
from leads.lifecycle import HANDED_OFF
from leads.models import Cycle
from leads.refusals import Conflict, Forbidden, Missing, Refusal


def may_qualify(batch):
    """A path, no veto, no hold, not too many cycles; a manager may override with a reason."""
    if not (agreement := _in_force(batch)):
        return
    clocks.start_review(batch, agreement)
    batch.args |= {"agreement": agreement.version, "model": agreement.scoring_model.version}
    overrides = batch.by is not None and batch.by.is_manager and batch.args.get("reason")
    if overrides:
        batch.args["origin"] = "override"
        return
    ids = [lead.pk for lead in batch.leads]
    verdicts = qualifying.verdicts(agreement, ids, now=batch.now)
    cycles = _cycles_of(batch)
    drawn = batch.by is None and batch.args.get("origin") == Cycle.Origin.EXPLORATION
    for lead in list(batch.leads):
        verdict = verdicts[lead.pk]
        if drawn and not verdict.path:
            verdict = replace(verdict, path="exploration", origin=Cycle.Origin.EXPLORATION)
        if not verdict.qualifies:
            batch.refuse(lead, Refusal(verdict.words))
        elif not verdict.released:
            batch.refuse(lead, Refusal(f"On hold: {lead.get_hold_display().lower()}."))
        elif cycles.get(lead.pk, 0) >= agreement.max_cycles:
            batch.refuse(lead, _too_many(agreement))
        else:
            batch.each[lead.pk] = {
                "origin": verdict.origin if batch.by is None else "marketer",
                "path": verdict.path,
            }


def may_hand_off(batch):
    """An agreement in force, the required data, and somebody to take it."""
    if not (agreement := _in_force(batch)):
        return
    batch.args |= {"agreement": agreement.version, "agreement_id": agreement.pk}
    _refuse_suppressed(batch)
    found = definition(agreement.pk)
    for lead in list(batch.leads):
        for one in found.missing(lead)[:1]:
            url = f"{reverse('leads:edit', args=[lead.pk])}#id_{one.fact}"
            batch.refuse(lead, Missing(f"{one} is missing.", field=one.fact, url=url))
    _need_bant(batch, agreement.bant_before)
    clocks.start_offers(batch, agreement, routing.route(batch))


def may_recall(batch):
    if agreement := _in_force(batch):
        clocks.start_review(batch, agreement)


def may_reassign(batch):
    """To somebody else than before."""
    if not (agreement := _in_force(batch)):
        return
    batch.args |= {"agreement": agreement.version, "agreement_id": agreement.pk}
    taker, team = batch.args.get("to_user"), batch.args.get("to_team")
    to_team = team if batch.args.get("offer_to_team") else None
    for lead in list(batch.leads):
        if taker and taker.pk == lead.owner_id:
            batch.refuse(lead, Conflict(f"{taker} has this lead already."))
        elif to_team and lead.owner_id is None and lead.team_id == to_team.pk:
            batch.refuse(lead, Conflict(f"{to_team} has this lead already."))
        elif not taker and lead.stage != HANDED_OFF:
            batch.refuse(lead, Missing("Name the person who takes it.", field="to_user"))
    seats = routing.route(batch, excluded={lead.pk: {lead.owner_id} for lead in batch.leads})
    clocks.start_offers(batch, agreement, seats)


def may_accept(batch):
    _needs_future(batch, "discovery_at", "When is the discovery call?")


def may_claim(batch):
    _refuse_suppressed(batch)
    _needs_future(batch, "discovery_at", "When is the discovery call?")
    if agreement := agreements.in_force():
        model = agreement.scoring_model.version
        batch.args |= {"agreement": agreement.version, "model": model}


def may_reject(batch):
    """The reason decides where to; a misrouted lead needs another taker at once."""
    agreement = reasons.latest_agreement()
    reasons.resolve(batch, agreement)
    if batch.leads and batch.args["goes_to"] == HANDED_OFF:
        batch.args |= {"agreement": agreement.version, "agreement_id": agreement.pk}
        had_it = {batch.by.pk if batch.by else None}
        excluded = {lead.pk: had_it | {lead.owner_id} for lead in batch.leads}
        seats = routing.route(batch, excluded=excluded, misrouted=True)
        clocks.start_offers(batch, agreement, seats)


def may_leave(batch):
    """recycle, demote, disqualify, lose, reopen: the reason must be offered there."""
    if batch.by is not None:  # the system demotes by the agreement itself
        agreement = reasons.latest_agreement()
        reasons.resolve(batch, agreement)
        for lead, words in attempts.too_few(batch.leads, batch.args["reason"], agreement):
            batch.refuse(lead, Missing(words, field="reason"))


def may_qualify_sales(batch):
    """Discovery "ready", the BANT bar met, and a date for the next step."""
    if not (agreement := _in_force(batch)):
        return
    _needs_future(batch, "next_step_at", "When is the next step?")
    ids = [lead.pk for lead in batch.leads]
    latest = Discovery.objects.filter(lead__in=ids).order_by("lead", "-held_at").distinct("lead")
    since = {lead.pk: lead.stage_at for lead in batch.leads}  # a call of an earlier cycle is over
    ready = {
        one.lead_id
        for one in latest
        if one.outcome == Discovery.Outcome.READY and one.held_at >= since[one.lead_id]
    }
    gates = sql_gate.gates(definition(agreement.pk), ids)
    for lead in list(batch.leads):
        if lead.pk not in ready:
            message = "The discovery call has not ended with “ready”."
            batch.refuse(lead, _mend_in_discovery(lead, message, "outcome"))
        elif gaps := gates[lead.pk].gaps:
            words = " ".join(words for _field, words in gaps)
            batch.refuse(lead, _mend_in_discovery(lead, words, gaps[0][0]))


def may_win(batch):
    if batch.args.get("amount") is None:
        for lead in list(batch.leads):
            batch.refuse(lead, Missing("The amount is missing.", field="amount"))


def may_return(batch):
    """wake and reengage: back into review, under the agreement in force."""
    if not (agreement := _in_force(batch)):
        return
    clocks.start_review(batch, agreement)
    batch.args |= {"agreement": agreement.version, "model": agreement.scoring_model.version}
    _refuse_suppressed(batch)
    cycles = _cycles_of(batch) if batch.by is None or not batch.by.is_manager else {}
    for lead in list(batch.leads):
        if cycles.get(lead.pk, 0) >= agreement.max_cycles:
            batch.refuse(lead, _too_many(agreement))


def _need_bant(batch, wanted):
    """Somebody must have asked so many of the four questions before sales gets the lead."""
    known = bant.known_before([lead.pk for lead in batch.leads]) if wanted else {}
    for lead in list(batch.leads) if wanted else []:
        if (n := known[lead.pk]) < wanted:
            words = f"{n} of {wanted} BANT answers are known before the handoff."
            url = reverse("handoff:bant", args=[lead.pk])
            batch.refuse(lead, Missing(words, field="bant", url=url))


def _mend_in_discovery(lead, message, field):
    url = f"{reverse('handoff:discovery', args=[lead.pk])}#id_{field}"
    return Missing(message, field=field, url=url)


def _in_force(batch):
    agreement = agreements.in_force()
    if agreement is None:
        words = "No agreement is in force: two managers must sign one first."
        for lead in list(batch.leads):
            batch.refuse(lead, Missing(words, url=reverse("admin:handoff_agreement_changelist")))
    return agreement


def _refuse_suppressed(batch):
    for lead in list(batch.leads):
        if lead.do_not_contact:
            batch.refuse(lead, Forbidden("Asked not to be contacted."))


def _cycles_of(batch):
    cycles = Cycle.objects.filter(lead__in=[lead.pk for lead in batch.leads])
    return dict(cycles.values_list("lead").annotate(n=Count("pk")))


def _too_many(agreement):
    return Refusal(f"{agreement.max_cycles} cycles already: ask a manager.")


def _needs_future(batch, name, question):
    try:
        dates.check(batch.args.get(name), batch.now, field=name, question=question)
    except Missing as refusal:
        for lead in list(batch.leads):
            batch.refuse(lead, refusal)
