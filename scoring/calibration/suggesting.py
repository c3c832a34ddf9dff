"""From indicators and outcomes to points, or to the sentence that says why there are none."""

from dataclasses import dataclass, field

import numpy as np

from scoring.calibration import proving
from scoring.calibration.evidence import FEWEST
from scoring.calibration.fitting import Fit, learn

CONFIDENT = 50  # won, and as many lost


@dataclass
class Suggestion:
    """`fit` by columns of all candidates, or None and `why_not`. `proof`: JSON, when tested."""

    fit: Fit | None = None
    why_not: str = ""
    proof: dict | None = None
    cautions: list[str] = field(default_factory=list)


def suggest(found, won, is_old, *, fit_all):
    """Learn from the old and test on the others. `found`: only columns that may be used.

    fit_all: when the test is passed, fit the points again on everything (the test says how good
    the procedure is; newer outcomes make its result better).
    """
    suggestion = Suggestion()
    fewest = min(won[is_old].sum(), (~won[is_old]).sum())
    if fewest < FEWEST:
        suggestion.why_not = (
            f"Too little to learn from: {won[is_old].sum()} good ends and {(~won[is_old]).sum()}"
            f" bad ones; at least {FEWEST} of each are needed."
        )
        return suggestion
    if min(won.sum(), (~won).sum()) < CONFIDENT:
        suggestion.cautions.append(
            f"Low confidence: fewer than {CONFIDENT} of one outcome. Points may change much with"
            " the next outcomes."
        )
    usable = np.flatnonzero(_bears(found[is_old]))
    sure = proving.ALONE if is_old.all() else proving.SURE
    if proving.chance(found[is_old][:, usable], won[is_old]) > sure:
        suggestion.why_not = (
            "Taken together, no rule tells the outcomes apart more than chance would: of many rules"
            " a few look as if they worked."
        )
        return suggestion
    fit = _within(learn(found[is_old][:, usable], won[is_old]), usable)
    if fit is None:
        suggestion.why_not = "No rule is sure enough to be worth a point."
        return suggestion
    score = fit.score(found)
    if (~is_old).any():
        taught, rest = is_old, ~is_old
        suggestion.proof = proving.quality(score[rest], won[rest], score[taught], won[taught])
        if not proving.holds(score[rest], won[rest]):
            suggestion.why_not = "What the older leads teach does not hold for the newer ones."
            return suggestion
    else:
        suggestion.cautions.append("No newer leads are left to test the points on.")
    suggestion.fit = fit
    if fit_all and (~is_old).any():
        usable = np.flatnonzero(_bears(found))
        suggestion.fit = _within(learn(found[:, usable], won), usable) or fit
    return suggestion


def _bears(found):
    """Enough leads on either side, and not what an earlier column says."""
    fires = (found > 0).sum(axis=0)
    first: dict[bytes, int] = {}
    for i, column in enumerate(found.T):
        first.setdefault(column.tobytes(), i)
    is_first = np.isin(np.arange(found.shape[1]), list(first.values()))
    return is_first & (fires >= FEWEST) & (len(found) - fires >= FEWEST)


def _within(fit, usable):
    return fit and Fit(usable[fit.chosen], fit.weights, fit.errors, fit.points)
