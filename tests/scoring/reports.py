"""A calibration that is done, with a report as the engine writes it."""

from django.utils import timezone

from scoring.models import Computation
from tests.factories import UserFactory

GERMAN = {"field": "lead.country", "op": "is", "value": "DE"}
ROW = {
    "rule": 1, "kind": "fit", "about": "", "condition": GERMAN, "words": "country is DE",
    "points": 4.0, "suggested": 7, "suggested_low": 4.2, "suggested_high": 9.8, "verdict": "works",
    "support": 400, "without": 600, "rate_with": [0.4, 0.35, 0.45],
    "rate_without": [0.2, 0.17, 0.23], "lift": 2.0, "lift_low": 1.6, "lift_high": 2.5,
}  # fmt: skip
UNKNOWN = {
    "words": "city is Brno", "verdict": "too few", "suggested": None, "support": 0, "lift": None,
    "rate_with": [None, None, None], "lift_low": None, "lift_high": None,
}  # fmt: skip
PROOF = {
    "leads": 300, "won": 90, "auc": 0.81, "auc_low": 0.75, "auc_high": 0.87, "bar": 12.0,
    "over_bar": 80, "top_decile_lift": 2.5, "precision": 0.6, "recall": None,
    "reliability": [{"from": 0.0, "to": 4.5, "leads": 30, "expected": 0.1, "happened": 0.125}],
}  # fmt: skip
REPORT = {
    "outcome": {"words": "won", "won": 280, "lost": 720, "left_out": {"won not decided": 12},
                "as_of_decision": True},
    "split": {"old": 700, "new": 300}, "suggests": True, "why_not": "", "cautions": [],
    "columns": [], "judged": {"version": 1, "name": "B2B"}, "rules": [ROW, ROW | UNKNOWN],
    "candidates": [ROW | {"rule": None, "points": None, "words": "industry is Metal"}],
    "model": {"bands": {"fit_a": 7, "fit_b": 5, "fit_c": 3}, "rules": [
        {"kind": "fit", "name": "", "condition": GERMAN, "points": 7, "cap": None, "decay": "none",
         "decay_days": None}]},
    "proof": PROOF, "current_auc": 0.7,
}  # fmt: skip


def calibrated(judged, state="done", **changes):
    """Of this version; `changes` to the report."""
    now = timezone.now()
    result = REPORT | changes if state == "done" else None
    return Computation.objects.create(
        kind="calibration", params={"outcome": "won", "order_by": "", "model": judged.version},
        state=state, result=result, created_by=UserFactory(),
        created_at=now, heartbeat_at=now, finished_at=now,
    )  # fmt: skip
