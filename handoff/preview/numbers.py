"""The three numbers that both sides see before they sign: MQLs, load per rep, MQLs needed."""

from dataclasses import dataclass
from datetime import datetime

from handoff import agreements
from handoff.preview.comparing import SIDES
from handoff.preview.fingerprint import fingerprint
from handoff.preview.subject import KEPT, KIND
from leads.models import Lead
from scoring.models import Computation


@dataclass(frozen=True)
class Numbers:
    """`mqls`, `load`: {"now", "draft"} a week; of `load`, handoffs per rep, the values may be None.
    `needed`: MQLs a week, None where `why` says why it cannot be told."""

    at: datetime
    weeks: int
    mqls: dict[str, float]
    load: dict[str, float | None]
    needed: float | None
    why: str


def of(agreement):
    """From the latest preview of these very words; None when there is none. At most two queries."""
    params = {"agreement": agreement.version}
    runs = Computation.objects.filter(kind=KIND, params__contains=params, state="done")
    newest = list(runs.order_by("-pk")[:KEPT])
    if not newest:
        return None
    words = fingerprint(params)
    results = (one.result for one in newest if one.result)
    found = next((result for result in results if result["fingerprint"] == words), None)
    return found and _numbers(found)


def can_be_told():
    """There is an agreement in force to compare with, and leads to compare on."""
    return agreements.in_force() is not None and Lead.objects.exists()


def _numbers(result):
    needed = result["needed"]
    return Numbers(
        at=datetime.fromisoformat(result["at"]),
        weeks=result["weeks"],
        mqls=result["per_week"],
        load=_per_rep(result),
        needed=needed.get("per_week"),
        why=needed.get("why", ""),
    )


def _per_rep(result):
    """Now as it was; with the draft in proportion to its MQLs, as on the page of the preview."""
    reps, mqls = result["load"], result["per_week"]
    if not reps:
        return dict.fromkeys(SIDES)
    now = sum(one["now"] for one in reps) / len(reps)
    return {"now": now, "draft": now * mqls["draft"] / mqls["now"] if mqls["now"] else None}
