"""Measures over recorded outcomes: precision, won leads kept, lift by tenth, AUC, scores.

`cases`: outcomes.Case rows; each measure is of one side, "now" or "draft".
"""

from itertools import pairwise
from math import sqrt
from statistics import quantiles

from handoff.preview.comparing import SIDES
from leads.models import Cycle

FEW = 30  # below it no interval is worth showing
Z = 1.959964  # of 95 %


def measured(cases):
    """Everything that the page shows of them, as JSON."""
    closed = [case for case in cases if case.outcome != Cycle.Outcome.OPEN]
    return {
        "cycles": len(cases),
        "accepted": {side: precision(cases, side) for side in SIDES},
        "better": change(cases),
        "kept": {side: kept(cases, side) for side in SIDES},
        "closed": len(closed),
        "deciles": {side: deciles(closed, side) for side in SIDES},
        "auc": {side: auc(cases, side) for side in SIDES},
        "scores": {side: _scores(cases, side) for side in SIDES},
    }


def precision(cases, side):
    """Of the cycles that this side calls MQL, the share that sales accepted, with its interval
    (Wilson, 95 %)."""
    said = [case.accepted for case in cases if case.qualified[side]]
    n, yes = len(said), sum(said)
    if not n:
        return {"known": 0, "accepted": 0, "share": None}
    share, spread = yes / n, Z * Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / n + spread / n / 4) / (1 + spread)
    return {
        "known": n,
        "accepted": yes,
        "share": share,
        "low": max(middle - half, 0.0),
        "high": min(middle + half, 1.0),
    }


def change(cases):
    """Precision of the draft less that of now, with its interval (95 %): the two speak mostly of
    the same cycles, so each cycle's part in both shares is taken together (delta method)."""
    shares = {side: precision(cases, side) for side in SIDES}
    if any(one["known"] < FEW for one in shares.values()):
        return None
    parts = [
        sum(
            sign * (case.accepted - shares[side]["share"]) / shares[side]["known"]
            for sign, side in ((-1, "now"), (1, "draft"))
            if case.qualified[side]
        )
        for case in cases
    ]
    difference = shares["draft"]["share"] - shares["now"]["share"]
    half = Z * sqrt(sum(part * part for part in parts))
    return {"change": difference, "low": difference - half, "high": difference + half}


def kept(cases, side):
    """Of the cycles that were won, how many this side calls MQL."""
    won = [case.qualified[side] for case in cases if case.won]
    return {"kept": sum(won), "of": len(won)}


def deciles(closed, side):
    """How much more often than all the best-scored tenth was won, and each tenth after it. Equal
    scores share their wins, so that no order among them is invented. None: nothing to compare."""
    n, won = len(closed), sum(case.won for case in closed)
    if n < 10 or not won:
        return None
    at = _by_score(closed, side)
    expected = [sum(wins) / len(wins) for _score, wins in at for _ in wins]
    cuts = [round(n * tenth / 10) for tenth in range(11)]
    tenths = [expected[low:high] for low, high in pairwise(cuts)]
    return [sum(tenth) / len(tenth) / (won / n) for tenth in tenths]


def auc(cases, side):
    """How often a won cycle had more points than a lost one; equal points count half."""
    ended = [case for case in cases if case.outcome in (Cycle.Outcome.WON, Cycle.Outcome.LOST)]
    won = sum(case.won for case in ended)
    lost = len(ended) - won
    if not won or not lost:
        return None
    above, beaten = 0.0, lost
    for _score, wins in _by_score(ended, side):
        equal = len(wins) - sum(wins)
        beaten -= equal
        above += sum(wins) * (beaten + equal / 2)
    return {"auc": above / won / lost, "won": won, "lost": lost}


def _by_score(cases, side):
    """[(score, [won, …])], the best score first."""
    at: dict[float, list[bool]] = {}
    for case in cases:
        at.setdefault(case.score[side], []).append(case.won)
    return sorted(at.items(), reverse=True)


def _scores(cases, side):
    """The median and the middle half of who was accepted, rejected, won."""
    groups = {
        "accepted": [case for case in cases if case.accepted],
        "rejected": [case for case in cases if not case.accepted],
        "won": [case for case in cases if case.won],
    }
    return {
        name: quantiles([case.score[side] for case in some], n=4) if len(some) > 1 else None
        for name, some in groups.items()
    }
