"""The report of a calibration as JSON, for the page, the shell and the draft."""

import numpy as np

from scoring.calibration.evidence import evidence, verdict
from scoring.calibration.fitting import PDO

OTHERS = 20  # candidates shown that add nothing to those suggested
_BANDS = (0.85, 0.60, 0.30)  # the best 15 % are A, the next 25 % B, the next 30 % C


def report(
    *,
    decisions,
    is_old,
    taught,
    candidates,
    matrix,
    columns,
    barred,
    suggestion,
    rulebook,
    current_auc,
):
    """{outcome, split, cautions, columns, rules, candidates, model, proof, suggests, why_not}.

    `rules` are those of the model that is judged, `candidates` those suggested beside them and the
    strongest others. A row of either says its evidence, its verdict and `suggested` points (0:
    leave it out; None: nothing is suggested at all). Evidence and bands are of the decisions that
    `taught`.
    """
    fit = suggestion.fit
    rows = _rows(candidates, matrix[taught], decisions.won[taught], fit)
    return {
        "outcome": {
            "words": decisions.words,
            "won": int(decisions.won.sum()),
            "lost": int((~decisions.won).sum()),
            "left_out": decisions.left_out,
            "as_of_decision": decisions.moments is not None,
        },
        "split": {"old": int(is_old.sum()), "new": int((~is_old).sum())},
        "suggests": fit is not None,
        "why_not": suggestion.why_not,
        "cautions": suggestion.cautions,
        "columns": [_column(one, barred) for one in columns],
        "judged": rulebook and {"version": rulebook.model.version, "name": rulebook.model.name},
        "rules": [row for row in rows if row["rule"]],
        "candidates": _shown([row for row in rows if not row["rule"]], barred),
        "model": fit and _model(fit, candidates, matrix[taught]),
        "proof": suggestion.proof,
        "current_auc": current_auc and round(current_auc, 4),
    }


def _rows(candidates, matrix, won, fit):
    suggested = _suggested(fit)
    looks = sum(one.rule is None for one in candidates)
    rows = []
    for i, one in enumerate(candidates):
        found = evidence(matrix[:, i] > 0, won)
        points, low, high = suggested.get(i, (0 if fit else None, None, None))
        now = float(one.rule.points) if one.rule else None
        said = verdict(found, now) if one.rule else verdict(found, None, looks)
        rows.append(
            {
                "rule": one.rule and one.rule.pk,
                "kind": one.kind,
                "about": one.about,
                "condition": one.condition,
                "words": one.words,
                "points": now,
                "suggested": points,
                "suggested_low": low,
                "suggested_high": high,
                "verdict": said,
                **found,
            }
        )
    return rows


def _suggested(fit):
    if fit is None:
        return {}
    low, high = fit.interval()
    return {
        int(i): (int(points), round(float(a), 1), round(float(b), 1))
        for i, points, a, b in zip(fit.chosen, fit.points, low, high, strict=True)
    }


def _shown(rows, barred):
    """Those suggested, the most points first; then the strongest others that could have been."""
    chosen = sorted(
        (row for row in rows if row["suggested"]), key=lambda row: -abs(row["suggested"])
    )
    could = [row for row in rows if not row["suggested"] and row["about"] not in barred]
    rest = [row for row in could if row["verdict"] == "works"]
    return [*chosen, *sorted(rest, key=_strength, reverse=True)[:OTHERS]]


def _strength(row):
    """How far the interval of the lift lies from 1."""
    return max(row["lift_low"], 1 / row["lift_high"])


def _column(column, barred):
    return {
        "about": column.about,
        "auc": column.auc,
        "filled": column.filled,
        "why": column.why,
        "used": column.about not in barred,
    }


def _model(fit, candidates, matrix):
    """The draft: its rules, and cut-offs where the scores of these leads lie. The constant of the
    regression is left out: it shifts all scores alike, and with them the cut-offs."""
    kinds = np.array([candidates[i].kind for i in fit.chosen])
    bands = {}
    for kind, names in _CUTS.items():
        own = kinds == kind
        if own.any():
            score = matrix[:, fit.chosen[own]] @ fit.points[own]
            cuts = np.ceil(np.quantile(score, _BANDS)).astype(int).tolist()
            bands |= dict(zip(names, cuts, strict=True))
    rules = [
        {"name": _name(candidates[i]), "points": int(points), **_terms(candidates[i], int(points))}
        for i, points in zip(fit.chosen, fit.points, strict=True)
    ]
    rules.sort(key=lambda rule: (rule["kind"] == "engagement", -abs(rule["points"])))
    return {"pdo": PDO, "bands": bands, "rules": rules}


def _name(candidate):
    return candidate.rule.name if candidate.rule else ""


def _terms(candidate, points):
    """What the rule says besides its points. A cap holds as many matches as were counted."""
    rule = candidate.as_rule()
    counts = rule.counts_activities and rule.cap is not None
    return {
        "kind": candidate.kind,
        "condition": candidate.condition,
        "cap": round(float(rule.cap) * abs(points), 2) if counts else None,
        "decay": rule.decay,
        "decay_days": rule.decay_days,
    }


_CUTS = {
    "fit": ("fit_a", "fit_b", "fit_c"),
    "engagement": ("engagement_1", "engagement_2", "engagement_3"),
}
