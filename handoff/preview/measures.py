"""Measures over recorded outcomes: precision, won leads kept, lift by tenth, AUC, scores.

`cases`: outcomes.Case rows; each measure is of one side, "now" or "draft".
"""

from math import sqrt
from statistics import quantiles

from handoff.preview.comparing import SIDES
from leads.models import Cycle
from scoring import measures

FEW = 30  # below it no interval is worth showing


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
    """Of the cycles that this side calls MQL, the share that sales accepted, with its interval."""
    said = [case.accepted for case in cases if case.qualified[side]]
    n, yes = len(said), sum(said)
    if not n:
        return {"known": 0, "accepted": 0, "share": None}
    share, low, high = measures.wilson(yes, n)
    return {"known": n, "accepted": yes, "share": share, "low": low, "high": high}


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
    half = measures.Z * sqrt(sum(part * part for part in parts))
    return {"change": difference, "low": difference - half, "high": difference + half}


def kept(cases, side):
    """Of the cycles that were won, how many this side calls MQL."""
    won = [case.qualified[side] for case in cases if case.won]
    return {"kept": sum(won), "of": len(won)}


def deciles(closed, side):
    """The lift of each tenth, the best-scored first. None: nothing to compare."""
    return measures.lifts(*_scored(closed, side))


def auc(cases, side):
    """How often a won cycle had more points than a lost one; None without both sorts."""
    ended = [case for case in cases if case.outcome in (Cycle.Outcome.WON, Cycle.Outcome.LOST)]
    won = sum(case.won for case in ended)
    lost = len(ended) - won
    if not won or not lost:
        return None
    return {"auc": measures.auc(*_scored(ended, side)), "won": won, "lost": lost}


def _scored(cases, side):
    return [case.score[side] for case in cases], [case.won for case in cases]


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
