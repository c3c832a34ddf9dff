"""How the score of a lead moved, as a small line and in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from scoring.models import ScoreChange

PERIOD, MOST = timedelta(days=90), 200
WIDTH, HEIGHT = 120, 24


@dataclass(frozen=True)
class Sparkline:
    """`points`: an SVG polyline in a box of 120 × 24; from `first` since `since` to `last`."""

    points: str
    first: Decimal
    last: Decimal
    since: datetime


def sparkline(lead, now):
    """Of the last 90 days; None when the score did not move then."""
    changes = list(
        ScoreChange.objects.filter(lead=lead, at__gt=now - PERIOD).order_by("-id")[:MOST]
    )[::-1]
    if len(changes) < 2:
        return None
    since, scores = changes[0].at, [one.score for one in changes]
    low, high = min(scores), max(scores)
    span = max((now - since) / timedelta(seconds=1), 1)
    corners = []
    for change, after in zip(changes, [*changes[1:], None], strict=True):
        y = HEIGHT - 2 - float((change.score - low) / ((high - low) or 1)) * (HEIGHT - 4)
        for at in (change.at, after.at if after else now):  # it stays until it moves
            x = WIDTH * ((at - since) / timedelta(seconds=1)) / span
            corners.append(f"{x:.1f},{y:.1f}")
    return Sparkline(" ".join(corners), scores[0], scores[-1], since)
