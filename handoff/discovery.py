"""The discovery call: what was learnt is recorded, and its outcome causes the move."""

from django.db import transaction
from django.db.models import F, FilteredRelation, OuterRef, Q

from handoff import bant, dates
from handoff.definition import IN_FORCE
from handoff.models import BantAnswer, Discovery
from handoff.panel import Line
from leads.lifecycle import SAL, owner_or_manager
from leads.models import Lead
from leads.perform import perform, sources
from leads.querysets import CountOf
from leads.refusals import Conflict
from leads.words import conflict_words

Outcome = Discovery.Outcome
MOST = 100
MOVES = {
    Outcome.READY: "qualify_sales",
    Outcome.NURTURE: "recycle",
    Outcome.SUSPECT: "disqualify",
}


def outcomes(lead):
    """The outcomes that can cause something at the lead's stage."""
    moving = [one for one in MOVES if lead.stage in sources(MOVES[one])]
    return moving + [Outcome.NO_ANSWER] * (lead.stage == SAL)


def for_call(leads):
    """Leads with what the page of a call shows: `tried` (calls nobody answered), their deal."""
    tried = Discovery.objects.filter(
        lead=OuterRef("pk"), outcome=Outcome.NO_ANSWER, held_at__gte=OuterRef("stage_at")
    )
    going = Q(opportunities__status__in=["potential", "open"])
    return leads.select_related("company", "owner").annotate(
        tried=CountOf(tried, MOST),
        in_force=IN_FORCE,
        deal=FilteredRelation("opportunities", condition=going),
        product=F("deal__product"),
        estimate=F("deal__amount"),
        currency=F("deal__currency"),
    )


@transaction.atomic
def finish(lead, outcome, *, by, now, answers, call, **args):
    """Record the answers and the call, then move the lead; all of it or nothing.

    `answers`: {question: (value, basis, evidence)}; `call`: the other columns of Discovery;
    `args`: of the transition. Returns the moved lead, or raises its Refusal.
    """
    bant.record(lead, answers, by=by, now=now)
    Discovery.objects.create(lead=lead, by=by, held_at=now, outcome=outcome, **call)
    return perform(lead, MOVES[outcome], by=by, now=now, **args)


@transaction.atomic
def no_answer(lead, *, by, now, next_attempt_at, answers, call):
    """Nobody answered: the attempt counts, and the next one has a date. Returns the fresh lead."""
    dates.check(next_attempt_at, now, field="next_attempt_at", question="When is the next attempt?")
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if lead.stage != SAL or not owner_or_manager(lead, by):
        raise Conflict(conflict_words([lead], now)[lead.pk])
    bant.record(lead, answers, by=by, now=now)
    Discovery.objects.create(lead=lead, by=by, held_at=now, outcome=Outcome.NO_ANSWER, **call)
    lead.due_at = next_attempt_at
    lead.save(update_fields=["due_at"])
    return lead


def gate(answers, bar):
    """What the bar says of answers as typed: {"gate": lines, "met": n, "is_met": bool}."""
    lines = []
    for question in BantAnswer.Question:
        value = BantAnswer.Value(answers[question][0])
        state = "met" if value in bant.MET else "not" if value == "no" else "missing"
        lines.append(Line(state, question.label, value.label, f"#id_{question}_evidence"))
    met = sum(line.state == "met" for line in lines)
    return {"gate": lines, "met": met, "is_met": met >= bar}
