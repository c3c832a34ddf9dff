"""What one rule alone shows: how many it finds, how they end, and how sure that is."""

from math import exp, log, sqrt
from statistics import NormalDist

from scoring.measures import Z, wilson

FEWEST = 30  # leads a side


def evidence(fires, won):
    """As JSON: support, rates with and without, and the lift (their ratio) with 95 % intervals."""
    with_, without = int(fires.sum()), int((~fires).sum())
    good, other = int(won[fires].sum()), int(won[~fires].sum())
    value, low, high = lift(good, with_, other, without)
    return {
        "support": with_,
        "without": without,
        "rate_with": share(good, with_),
        "rate_without": share(other, without),
        "lift": value,
        "lift_low": low,
        "lift_high": high,
    }


def share(good, number):
    """[share, low, high]: a rate with its interval; Nones for none at all."""
    return [round(x, 4) for x in wilson(good, number)] if number else [None, None, None]


def lift(good, with_, other, without):
    """(lift, low, high): the ratio of two rates, its logarithm normal with the variance
    1/a − 1/n + 1/b − 1/m (Katz et al. 1978), each count a half larger (Walter 1975), so that
    none divides by zero."""
    if not with_ or not without:
        return None, None, None
    a, n, b, m = good + 0.5, with_ + 0.5, other + 0.5, without + 0.5
    middle, wide = log((a / n) / (b / m)), Z * sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    value, low, high = (float(f"{exp(x):.4g}") for x in (middle, middle - wide, middle + wide))
    return value, low, high


def verdict(found, points, looks=1):
    """ "too few", "does nothing", "works" or "points the wrong way".

    `points` of the rule as it is; 0 or None: either way is right. `looks`: among how many it was
    found; of many that do nothing, some look as if they did (Bonferroni's correction).
    """
    if min(found["support"], found["without"]) < FEWEST:
        return "too few"
    low, high = log(found["lift_low"]), log(found["lift_high"])
    wide = (high - low) / 2 / Z * NormalDist().inv_cdf(1 - 0.025 / looks)
    if abs(low + high) / 2 <= wide:
        return "does nothing"
    if not points or (points > 0) == (low + high > 0):
        return "works"
    return "points the wrong way"
