"""The computation behind the page: a draft against the agreement in force, over the real history.

settings.COMPUTATIONS names `compute`. Its result holds ids of leads and no names, so that nobody is
kept here who was erased elsewhere.
"""

from dataclasses import replace

from django.db.models import F, Q
from django.utils import timezone

from handoff import agreements, goal
from handoff.definition import definition, unsigned
from handoff.models import Agreement
from handoff.preview import load, measures, outcomes, weeks
from handoff.preview.comparing import SIDES, Comparison, qualifies
from handoff.preview.fingerprint import fingerprint
from handoff.preview.moves import moves
from handoff.preview.rules import Rules
from leads.models import Cycle, Lead
from leads.querysets import AnyOf
from leads.refusals import Missing
from scoring import versions

LEADS, CYCLES = 50_000, 2_500  # in one step: seconds, so that it can be cancelled in between


def compute(params, progress):
    """params: "model" or "agreement" (a version), "weeks". Raises Missing when either side is."""
    now = timezone.now()
    known = fingerprint(params)
    comparison = Comparison(*_sides(params))
    leads = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
    cycles = outcomes.decided()
    batches, chunks = _cut(leads, LEADS), _cut(cycles, CYCLES)
    history = weeks.Weeks(weeks.ends(now, params["weeks"]))
    progress.begin(len(batches) * (len(history.ends) + 1) + len(chunks) + 1)
    for batch in batches:
        weeks.count(history, comparison, batch, lambda: progress.step("MQLs week by week"))
    cases = []
    for chunk in chunks:
        cases += outcomes.cases(comparison, chunk)
        progress.step("Recorded outcomes")
    result = _result(comparison, history, cases, now)
    progress.step()
    return {"at": now, "fingerprint": known, "weeks": params["weeks"], **result}


def _sides(params):
    if agreements.in_force() is None:
        raise Missing("No agreement is in force, so there is nothing to compare with.")
    now = definition()
    if "model" in params:
        rulebook = versions.of(params["model"])
        draft = rulebook and replace(now, rulebook=rulebook)
    else:
        found = Agreement.objects.filter(version=params["agreement"]).first()
        draft = found and unsigned(found.pk)
    if draft is None:
        raise Missing("This draft is not there any more.")
    return now, draft


def _cut(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


def _result(comparison, history, cases, now):
    definitions, draft = comparison.definitions, comparison.definitions["draft"]
    since = history.ends[0] - weeks.WEEK
    rules = Rules(*[one.rulebook for one in definitions.values()])
    return {
        "models": {side: one.rulebook.model.version for side, one in definitions.items()},
        "agreements": {side: one.agreement.version for side, one in definitions.items()},
        "rules": rules.changed(),
        "ends": history.ends,
        "entered": history.entered,
        "per_week": {side: history.per_week(side) for side in SIDES},
        "qualifying": {side: _number(history, side) for side in SIDES},
        "moves": moves(comparison, history.present, now),
        "scores": {side: sorted(history.scores[side].items()) for side in SIDES},
        "unknown": {side: _unknown(history.became[side], since) for side in SIDES},
        "outcomes": measures.measured(cases),
        "load": load.per_rep(since, now, len(history.ends)),
        "needed": _needed(draft.agreement, now),
    }


def _needed(agreement, now):
    told = goal.needed(agreement, now)
    if told.why:
        return {"why": told.why}
    return {
        "customers": told.customers,
        "months": told.months,
        "percent": round(100 * told.counts[0] / told.ended, 1),
        "ended": told.ended,
        "per_week": told.mqls_a_week,
    }


def _number(history, side):
    return sum(qualifies(row, side) for row in history.present.values())


def _unknown(became, since):
    """How many leads became MQL, and on how many of them sales has not decided since."""
    decided = Q(accepted_at__isnull=False) | Q(outcome=Cycle.Outcome.REJECTED)
    cycles = Cycle.objects.filter(decided, AnyOf(F("lead"), list(became)), opened_at__gt=since)
    return {"of": len(became), "unknown": len(became - set(cycles.values_list("lead", flat=True)))}
