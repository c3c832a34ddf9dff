"""Whose turn it is in one team: the one who is furthest behind by weight, among who can take it.

Arithmetic alone; seats.py reads and locks what it works on.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf

from handoff.models import RotationSeat, RoutingRule

LEAST_OPEN = RoutingRule.Method.LEAST_OPEN


@dataclass
class Place:
    """A person of the team. `room`: how many more the caps allow; `open`: their work now."""

    seat: RotationSeat
    room: float = inf
    open: int = 0
    away: bool = False
    at_work: bool = True

    @property
    def can_take(self):
        return not self.away and self.room > 0


class Rotation:
    """The people of one team, with turns, work and room counted on as they are given leads."""

    def __init__(self, team, places):
        self.team = team
        self.places = {place.seat.user_id: place for place in places}

    def next(self, barred, *, method="", now_if_possible=False):
        """Whose turn it is, which is counted; None when nobody who is not barred can take it.

        The next turn goes to who will stand lowest after it, so that levels never differ by more
        than one. `now_if_possible`: of who works at this moment, if anybody does.
        """
        able = [one for pk, one in self.places.items() if one.can_take and pk not in barred]
        if now_if_possible:
            able = [one for one in able if one.at_work] or able
        if not able:
            return None
        place = min(able, key=_FIRST[method == LEAST_OPEN])
        place.seat.turns += 1
        return self._given(place)

    def to(self, user_id):
        """This very person, whom a rule names: it costs no turn. None when they cannot take it."""
        place = self.places[user_id]
        return self._given(place) if place.can_take else None

    def has_somebody(self, barred):
        """Is there anybody at all, now or later, who may have it?"""
        return bool(self.places.keys() - barred)

    def count(self, user_id, turns):
        """So many turns more (or less) of who got a lead wrongly."""
        if place := self.places.get(user_id):
            place.seat.turns = max(place.seat.turns + turns, 0)

    def keep_up(self):
        """Who is away or at a cap goes along with the lowest: nobody comes back to a backlog."""
        levels = [level(place.seat) for place in self.places.values() if place.can_take]
        if levels:
            for place in self.places.values():
                if not place.can_take:
                    place.seat.turns = max(place.seat.turns, turns_at(min(levels), place.seat))

    def _given(self, place):
        place.room -= 1
        place.open += 1
        return place


def level(seat):
    """Turns that count: two of weight 2 are one of weight 1."""
    return Fraction(seat.turns, seat.weight)


def turns_at(level, seat):
    """How many turns put a seat level with the others."""
    return ceil(level * seat.weight)


def _by_turns(place):
    # Division of whole numbers this small is exact enough to tell all levels apart.
    return ((place.seat.turns + 1) / place.seat.weight, place.seat.user_id)


def _by_work(place):
    return (place.open, *_by_turns(place))


_FIRST = {False: _by_turns, True: _by_work}
