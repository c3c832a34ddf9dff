"""Who enters, who leaves and who stays under a draft, at the moment of the preview."""

from handoff.preview import reasons
from handoff.preview.comparing import SIDES, qualifies

LISTED = 50  # leads named in each list


def moves(comparison, present, now):
    """{"enters", "leaves", "same": {total, leads}}: the best first, and the first ones with the
    reasons. `present`: weeks.Weeks.present."""
    piles: dict[str, list] = {"enters": [], "leaves": [], "same": []}
    for row in present.values():
        before, after = (qualifies(row, side) for side in SIDES)
        piles["same" if before and after else "enters" if after else "leaves"].append(row)
    return {name: _listed(comparison, name, rows, now) for name, rows in piles.items()}


def _listed(comparison, name, rows, now):
    score = "now_score" if name == "leaves" else "draft_score"
    first = sorted(rows, key=lambda row: (-row[score], row["lead_id"]))[:LISTED]
    because = reasons.explain(comparison, first, now)
    return {"total": len(rows), "leads": [_move(row, because[row["lead_id"]]) for row in first]}


def _move(row, because):
    grades = {side: row[f"{side}_grade"] for side in SIDES}
    return {"lead": row["lead_id"], **grades, "because": because}
