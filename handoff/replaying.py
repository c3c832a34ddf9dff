"""Replay: judge past moments again, by what was known then and the versions in force then.

It must give back the qualifications that the system made in history, at the same instants.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from handoff import agreements, exploring, qualifying
from handoff.models import Judgement
from leads import cycles
from leads.lifecycle import UNQUALIFIED, Hold
from leads.models import Cycle, LeadEvent
from leads.past import stood
from leads.perform import sources
from leads.querysets import AnyOf
from scoring import scores, versions
from scoring.recomputing import Difference


@dataclass(frozen=True)
class Qualification:
    path: str
    origin: str
    score: Decimal
    grade: str
    agreement: int  # version
    model: int  # version

    def __str__(self):
        return (
            f"qualified by “{self.path}” ({self.origin}) with {self.score:.2f} {self.grade},"
            f" agreement v{self.agreement}, model v{self.model}"
        )


def moments(since=None):
    """When the system judged or qualified anybody, the oldest first."""
    judged, made = Judgement.objects.all(), _system_made()
    if since:
        judged, made = judged.filter(at__gte=since), made.filter(happened_at__gte=since)
    return sorted(
        {*judged.values_list("at", flat=True), *made.values_list("happened_at", flat=True)}
    )


def replay(moment):
    """(differences, qualifications in history, leads judged again) of one moment."""
    history = {event.lead_id: _made(event) for event in _system_made().filter(happened_at=moment)}
    judged = Judgement.objects.filter(at=moment).order_by("pk")
    batches = list(judged.values_list("leads", flat=True))
    ids = sorted({pk for batch in batches for pk in batch} | history.keys())
    again = _judged_again(ids, moment) | _drawn_again(batches, moment)
    found = [
        Difference(moment, pk, str(history.get(pk, "not qualified")), str(again[pk]))
        for pk in ids
        if (pk in history or isinstance(again[pk], Qualification)) and history.get(pk) != again[pk]
    ]
    return found, len(history), len(ids)


def _system_made():
    """Not what another system did."""
    made = LeadEvent.objects.filter(name="qualify", actor=None)
    return made.exclude(details__contains={"origin": Cycle.Origin.IMPORT})


def _made(event):
    said = event.details
    return Qualification(
        said["path"], said["origin"], event.score, event.grade, said["agreement"], said["model"]
    )


def _judged_again(ids, moment):
    """{lead id: its Qualification, or why it does not qualify}"""
    agreement = agreements.in_force_at(moment)
    if agreement is None:
        return dict.fromkeys(ids, "no agreement was in force")
    stages = dict(_those(ids, moment).values_list("pk", "then_stage"))
    found = {pk: f"the stage was {stages.get(pk, 'unknown: there is no such lead')}" for pk in ids}
    may = [pk for pk, stage in stages.items() if stage in sources("qualify")]
    return found | _among(agreement, may, moment)


def _those(ids, moment):
    return stood(moment).filter(AnyOf(F("pk"), ids))


def _among(agreement, ids, moment):
    """The same of those whose stage allows it."""
    rows, points = _verdicts(agreement, ids, moment)
    going = [pk for pk, path, veto, free, _ in rows if path and not veto and free]
    passes = Counter(cycle.lead_id for cycle in cycles.folded(going, before=moment))
    kinds = {path.name: path.kind for path in agreement.paths.all()}
    return {
        pk: _why_not(agreement, path, veto, free, hold, passes[pk], points[pk])
        or _qualification(agreement, path, kinds.get(path, "system"), points[pk])
        for pk, path, veto, free, hold in rows
    }


def _drawn_again(batches, moment):
    """Those whom the exploration sample takes, batch by batch: the cap of the day ends it."""
    agreement = agreements.in_force_at(moment)
    if agreement is None or not agreement.exploration_share:
        return {}
    room = agreement.automatic_cap - exploring.drawn_today(agreement, moment)
    found = {}
    for ids in batches:
        drawn = [pk for pk in ids if pk not in found and exploring.is_drawn(agreement, pk)]
        low = _low(agreement, drawn, moment)
        passed = list(cycles.folded(low, before=moment))
        left = room - len(found)
        for pk in exploring.choose(agreement, low, passed, left, as_of=moment):
            origin = str(exploring.ORIGIN)
            found[pk] = _qualification(agreement, origin, origin, low[pk])
    return found


def _low(agreement, ids, moment):
    """{id: points} of those that were unqualified, without hold, path or veto."""
    there = _those(ids, moment).filter(then_stage=UNQUALIFIED)
    rows, points = _verdicts(agreement, list(there.values_list("pk", flat=True)), moment)
    return {pk: points[pk] for pk, path, veto, _free, hold in rows if not (path or veto or hold)}


def _verdicts(agreement, ids, moment):
    """([(id, path, veto, released, hold)], {id: points}) as of then."""
    points = {
        row["lead_id"]: row
        for row in scores.rows(
            versions.rulebook(agreement.scoring_model), ids, now=moment, as_of=moment
        )
    }
    grades = qualifying.qualifying_grades(agreement)
    in_band = [pk for pk, row in points.items() if row["grade"] in grades]
    leads = _those(ids, moment)
    judged = qualifying.judged_then(agreement, leads, in_band=in_band, moment=moment)
    return list(judged.values_list("pk", "path", "veto", "released", "then_hold")), points


def _qualification(agreement, path, origin, points):
    model = agreement.scoring_model.version
    return Qualification(path, origin, points["score"], points["grade"], agreement.version, model)


def _why_not(agreement, path, veto, free, hold, passes, points):
    if veto:
        return f"vetoed: {veto}"
    if not path:
        return f"no path holds with {points['score']:.2f} {points['grade']}"
    if not free:
        return f"on hold: {Hold(hold).label.lower()}"
    return f"{passes} cycles already" if passes >= agreement.max_cycles else ""
