"""Is there anything to learn, and does it hold for those who came later?"""

import numpy as np

from scoring.calibration.fitting import PDO, constant, odds_to_share
from scoring.measures import Z, auc, lifts

SHUFFLES = 199
# The chance that shuffled outcomes pass the first test, when a second follows, and when none does.
SURE, ALONE = 0.05, 0.01
_ONE_SIDED = 1.645  # of 95 %
_SLICES = 10


def chance(found, won):
    """The probability that shuffled outcomes would give any candidate as strong a correlation:
    the permutation test of the largest statistic (Westfall and Young 1993), which holds for any
    number of candidates, however they hang together."""
    spread = found.std(axis=0)
    columns = found[:, spread > 0] - found[:, spread > 0].mean(axis=0)
    if not columns.size or won.all() or not won.any():
        return 1.0
    columns = columns / spread[spread > 0]
    random = np.random.default_rng(7)
    centred = won - won.mean()
    shuffled = np.column_stack([random.permutation(centred) for _ in range(SHUFFLES)])
    strongest = np.abs(columns.T @ shuffled).max(axis=0)
    return (1 + (strongest >= np.abs(columns.T @ centred).max()).sum()) / (1 + SHUFFLES)


def auc_error(value, won):
    """The standard error of an AUC (Hanley and McNeil 1982)."""
    good, bad = int(won.sum()), int((~won).sum())
    if not good or not bad:
        return 0.5
    one, two = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (good - 1) * (one - value**2) + (bad - 1) * (two - value**2)
    return float(np.sqrt(max(spread, 0) / (good * bad)))


def holds(score, won):
    """Is the AUC above one half beyond chance? Its standard error where nothing is learnt is
    √((good + bad + 1) / (12 good bad)) (Mann and Whitney 1947)."""
    good, bad = int(won.sum()), int((~won).sum())
    if not good or not bad:
        return False
    error = np.sqrt((good + bad + 1) / (12 * good * bad))
    return bool((auc(score, won) - 0.5) / error > _ONE_SIDED)


def quality(score, won, taught_score, taught_won):
    """Figures of a score on decisions that did not teach it, as JSON. The bar is the score that
    as large a share of the teaching decisions reached as were won."""
    value = auc(score, won)
    error = auc_error(value, won)
    bar = float(np.quantile(taught_score, 1 - taught_won.mean()))
    over = score >= bar
    tenths = lifts(score, won)
    return {
        "leads": len(won),
        "won": int(won.sum()),
        "auc": round(value, 4),
        "auc_low": round(max(0.0, value - Z * error), 4),
        "auc_high": round(min(1.0, value + Z * error), 4),
        "top_decile_lift": round(tenths[0], 4) if tenths else None,
        "bar": bar,
        "over_bar": int(over.sum()),
        "precision": _ratio(won[over].sum(), over.sum()),
        "recall": _ratio(won[over].sum(), won.sum()),
        "reliability": _reliability(score, won, constant(taught_score, taught_won)),
    }


def _reliability(score, won, base):
    """Tenths by score, lowest first: what the points promise, and what happened."""
    expected = odds_to_share(base + np.log(2) / PDO * score)
    parts = np.array_split(np.argsort(score, kind="stable"), min(_SLICES, len(score)))
    return [
        {
            "from": float(score[part].min()),
            "to": float(score[part].max()),
            "leads": len(part),
            "expected": round(float(expected[part].mean()), 4),
            "happened": round(float(won[part].mean()), 4),
        }
        for part in parts
    ]


def _ratio(part, whole):
    return round(float(part / whole), 4) if whole else None
