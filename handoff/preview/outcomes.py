"""Recorded outcomes, each beside what both sides would have said of the lead at that time.

Each cycle is judged as of the moment that it was opened, so nothing that came later leaks in. Leads
that were never handed off have no outcome: they are counted, and no rate is given for them.
"""

from dataclasses import dataclass

from handoff.preview.comparing import SIDES, qualifies
from leads.models import Cycle

MOST = 10_000  # cycles, the newest


@dataclass(frozen=True)
class Case:
    """One cycle that sales decided on: `outcome` as Cycle.Outcome; `score` and `qualified` by side,
    as of its opening."""

    accepted: bool
    outcome: str
    score: dict
    qualified: dict

    @property
    def won(self):
        return self.outcome == Cycle.Outcome.WON


def decided():
    """Ids of the newest cycles of which the decision of sales is known, oldest first. What sales
    claimed by itself was never offered."""
    cycles = Cycle.objects.exclude(origin=Cycle.Origin.SALES).order_by("-opened_at", "-pk")
    accepted = cycles.filter(accepted_at__isnull=False)
    rejected = cycles.filter(accepted_at=None, outcome=Cycle.Outcome.REJECTED)
    newest = [*accepted.values_list("opened_at", "pk")[:MOST]]
    newest += rejected.values_list("opened_at", "pk")[:MOST]
    return [pk for _at, pk in sorted(newest)[-MOST:]]


def cases(comparison, cycle_ids):
    """A Case for each of these cycles."""
    cycles = Cycle.objects.in_bulk(cycle_ids)
    return [_case(cycles[row["cycle_id"]], row) for row in comparison.at_opening(cycle_ids)]


def _case(cycle, row):
    return Case(
        accepted=cycle.accepted_at is not None,
        outcome=cycle.outcome,
        score={side: float(row[f"{side}_score"]) for side in SIDES},
        qualified={side: qualifies(row, side) for side in SIDES},
    )
