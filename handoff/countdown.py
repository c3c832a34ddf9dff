"""What an offer has left of its service level, in business time of who has to act."""

from dataclasses import dataclass
from datetime import timedelta

AHEAD = timedelta(days=1)  # so far a page that stays open counts by itself


@dataclass(frozen=True)
class Countdown:
    """`left`: negative when it is over. `paused`: why the clock stands still, "" when it goes.

    `running`: when business time runs, in seconds from now; None: always.
    """

    left: timedelta
    total: timedelta
    paused: str = ""
    running: list[tuple[int, int]] | None = None


def countdown(lead, now):
    """Of a lead with the facts of its pending handoff (cards.with_facts)."""
    total = lead.allowed or lead.due_at - lead.offered_at
    if lead.pause_ends_at and lead.pause_starts_at <= now < lead.pause_ends_at:
        return Countdown(lead.due_at - lead.pause_ends_at, total, lead.pause_reason)
    return Countdown(lead.due_at - now, total)
