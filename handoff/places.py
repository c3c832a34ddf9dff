"""The places of a sales team this week: the weekly caps of its people, and what they were given."""

from dataclasses import dataclass

from django.db.models import F, OuterRef
from django.db.models.functions import Coalesce

from accounts.roles import REP
from handoff import capacity
from handoff.models import RotationSeat


@dataclass(frozen=True)
class Places:
    """Of one person or of a team; `cap`: None is no limit."""

    name: str
    taken: int
    cap: int | None

    @property
    def is_full(self):
        return self.cap is not None and self.taken >= self.cap


def seats(now):
    """Seats of active reps in the team that they are in, each with `taken`."""
    taken = Coalesce(capacity.taken_by(OuterRef("user"), now), 0)
    people = {"user__is_active": True, "user__groups__name": REP, "user__team": F("team")}
    return RotationSeat.objects.filter(**people).annotate(taken=taken).order_by("pk")


def of_team(name, people):
    """The sum; without a limit when anybody has none."""
    caps = [one.cap for one in people]
    limited = caps and None not in caps
    return Places(name, sum(one.taken for one in people), sum(caps) if limited else None)
