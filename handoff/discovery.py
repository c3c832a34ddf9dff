"""The discovery call: what was learnt is recorded, and its outcome causes the move."""

from django.db import transaction
from django.db.models import F, FilteredRelation, Q

from handoff import attempts, bant, dates, drafts, questions, touching
from handoff.definition import IN_FORCE
from handoff.models import Discovery
from leads.lifecycle import SAL, SQL, owner_or_manager
from leads.models import Lead
from leads.perform import perform, sources
from leads.refusals import Conflict
from leads.words import conflict_words

Outcome = Discovery.Outcome
STAGES = (SAL, SQL)
MOVES = {
    Outcome.READY: "qualify_sales",
    Outcome.NURTURE: "recycle",
    Outcome.SUSPECT: "disqualify",
}


def outcomes(lead):
    """The outcomes that can cause something at the lead's stage."""
    moving = [one for one in MOVES if lead.stage in sources(MOVES[one])]
    return moving + [Outcome.NO_ANSWER] * (lead.stage == SAL)


def for_call(leads, user):
    """Leads with what the page of a call shows: attempts so far, the person's draft, the deal."""
    going = Q(opportunities__status__in=["potential", "open"])
    return leads.select_related("company", "owner").annotate(
        **attempts.listed(),
        draft=drafts.column(user),
        in_force=IN_FORCE,
        deal=FilteredRelation("opportunities", condition=going),
        product=F("deal__product"),
        estimate=F("deal__amount"),
        currency=F("deal__currency"),
    )


@transaction.atomic
def finish(lead, outcome, *, by, now, answers, call, replied=None, **args):
    """Record the answers and the call, then move the lead; all of it or nothing.

    `answers`: {question: (value, basis, evidence)}; `replied`: {code of an own question: text};
    `call`: the other columns of Discovery; `args`: of the transition. Returns the moved lead, or
    raises its Refusal.
    """
    learn(lead, answers, replied, by=by, now=now)
    Discovery.objects.create(lead=lead, by=by, held_at=now, outcome=outcome, **call)
    moved = perform(lead, MOVES[outcome], by=by, now=now, **args)
    _end(lead, by, now)
    return moved


@transaction.atomic
def no_answer(lead, *, by, now, next_attempt_at, answers, call, replied=None):
    """Nobody answered: the attempt counts, and the next one has a date. Returns the fresh lead."""
    dates.check(next_attempt_at, now, field="next_attempt_at", question="When is the next attempt?")
    lead = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)
    if lead.stage != SAL or not owner_or_manager(lead, by):
        raise Conflict(conflict_words([lead], now)[lead.pk])
    learn(lead, answers, replied, by=by, now=now)
    Discovery.objects.create(lead=lead, by=by, held_at=now, outcome=Outcome.NO_ANSWER, **call)
    lead.due_at = next_attempt_at
    lead.save(update_fields=["due_at"])
    _end(lead, by, now)
    return lead


@transaction.atomic
def learn(lead, answers, replied, *, by, now):
    """Record what is new of BANT and of the agreement's own questions."""
    bant.record(lead, answers, by=by, now=now)
    if replied:
        questions.record(lead, replied, by=by, now=now)


def _end(lead, by, now):
    """The call is over: it touched the lead, and nothing of it is a draft any more."""
    touching.touch([(lead.pk, now)])
    drafts.forget(lead, by)
