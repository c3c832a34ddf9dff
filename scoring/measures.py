"""Measures of outcomes against scores: a share with its interval, AUC, and lift by tenth.

Arrays, because calibration measures many columns over all decisions.
"""

from math import sqrt

import numpy as np

Z = 1.959964  # of a two-sided 95 % interval
TENTHS = 10


def wilson(good, number):
    """(share, low, high) of `good` among `number`, which is not 0: the score interval (Wilson
    1927), 95 %."""
    share, spread = good / number, Z * Z / number
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / number + spread / number / 4) / (1 + spread)
    return share, max(0.0, middle - half), min(1.0, middle + half)


def auc(score, won):
    """How often one who won has the higher score than one who lost, equal scores counting half
    (Mann and Whitney 1947); one half when there is nobody to compare."""
    won = np.asarray(won, bool)
    good, bad = int(won.sum()), int((~won).sum())
    if not good or not bad:
        return 0.5
    _, place, number = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (number.cumsum() - (number - 1) / 2)[place]
    return float((ranks[won].sum() - good * (good + 1) / 2) / (good * bad))


def lifts(score, won):
    """How much more often than all the best-scored tenth was won, and each tenth after it. Equal
    scores share their wins, so that no order among them is invented. None: nothing to compare."""
    score, won = np.asarray(score, float), np.asarray(won, float)
    if len(won) < TENTHS or not won.any():
        return None
    _, place = np.unique(-score, return_inverse=True)
    expected = (np.bincount(place, won) / np.bincount(place))[np.sort(place)]
    cuts = [round(len(won) * tenth / TENTHS) for tenth in range(1, TENTHS)]
    return [float(part.mean() / won.mean()) for part in np.split(expected, cuts)]
