"""What must hold before a lead may move. A refusal names what is missing and where to mend it."""

from django.db.models import Count
from django.urls import reverse

from handoff import agreements, clocks, dates, qualifying, reasons, routing
from handoff.bant import missing_for_sql
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
    for lead in list(batch.leads):
        verdict = verdicts[lead.pk]
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
    required = list(agreement.required.all())
    for lead in list(batch.leads):
        for one in required:
            if not getattr(lead, "company_id" if one.fact == "company" else one.fact):
                url = f"{reverse('leads:edit', args=[lead.pk])}#id_{one.fact}"
                batch.refuse(lead, Missing(f"{one} is missing.", field=one.fact, url=url))
                break
    _route(batch)
    clocks.start_offers(batch, agreement)


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
    _route(batch, {lead.pk: {lead.owner_id} for lead in batch.leads})
    clocks.start_offers(batch, agreement)


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
        _route(batch, excluded)
        clocks.start_offers(batch, agreement)


def may_leave(batch):
    """recycle, demote, disqualify, lose, reopen: the reason must be offered there."""
    if batch.by is not None:  # the system demotes by the agreement itself
        reasons.resolve(batch, reasons.latest_agreement())


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
    missing = missing_for_sql(ids, agreement.bant_bar)
    for lead in list(batch.leads):
        if lead.pk not in ready:
            message = "The discovery call has not ended with “ready”."
            batch.refuse(lead, _mend_in_discovery(lead, message, "outcome"))
        elif words := missing[lead.pk]:
            batch.refuse(lead, _mend_in_discovery(lead, words, "bant"))


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


def _mend_in_discovery(lead, message, field):
    return Missing(message, field=field, url=reverse("handoff:discovery", args=[lead.pk]))


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


def _route(batch, excluded=None):
    """A person or team that was named, else round robin in the team that serves the lead."""
    args, person = batch.args, batch.args.get("to_user")
    if person and not (person.is_active and person.is_rep):
        for lead in list(batch.leads):
            batch.refuse(lead, Missing(f"{person} does not work in sales.", field="to_user"))
    if person or args.get("offer_to_team"):
        args["why"] = args.get("why") or "picked by hand"
        args["to_team"] = person.team if person else args["to_team"]
        return
    found = routing.assign(batch.leads, team=args.get("to_team"), excluded=excluded or {})
    for lead in list(batch.leads):
        if one := found.get(lead.pk):
            taken = {"to_user": one.user, "to_team": one.team, "why": one.why, "rotated": True}
            batch.each[lead.pk] = batch.each.get(lead.pk, {}) | taken
        else:
            batch.refuse(lead, Missing("Nobody in sales can take this lead.", field="to_user"))
