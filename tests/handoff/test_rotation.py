"""Turns by weight: whoever comes and goes, levels never differ by more than one turn."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from handoff.models import RotationSeat
from handoff.rotation import LEAST_OPEN, Place, Rotation, level, turns_at

weights = st.lists(st.integers(1, 10), min_size=1, max_size=6)


def a_rotation(weights, turns=None, **fields):
    turns = turns or [0] * len(weights)
    return Rotation(
        "EMEA",
        [
            Place(RotationSeat(user_id=pk, turns=had, weight=weight), **fields)
            for pk, (weight, had) in enumerate(zip(weights, turns, strict=True), 1)
        ],
    )


def levels(rotation):
    return [level(place.seat) for place in rotation.places.values()]


def spread(rotation):
    return max(levels(rotation)) - min(levels(rotation))


def given_turns(rotation, number, barred=frozenset()):
    return [rotation.next(barred).seat.user_id for _ in range(number)]


@given(weights, st.integers(0, 120))
def test_turns_by_weight_never_differ_by_more_than_one(weights, number):
    rotation = a_rotation(weights)
    for _ in range(number):
        rotation.next(frozenset())
        assert spread(rotation) <= 1
    assert sum(place.seat.turns for place in rotation.places.values()) == number


@given(weights, st.lists(st.integers(0, 9), max_size=12), st.integers(1, 40))
def test_who_was_away_comes_back_level(weights, away, number):
    """At each step somebody else is away; all are back at the end."""
    rotation = a_rotation([*weights, 1])
    places = list(rotation.places.values())
    for who in away:
        places[who % len(weights)].away = True
        given_turns(rotation, number)
        rotation.keep_up()
        places[who % len(weights)].away = False
        assert spread(rotation) <= 1


@given(weights, st.integers(0, 60), st.integers(1, 10))
def test_a_newcomer_starts_level_with_the_lowest(weights, number, weight):
    rotation = a_rotation(weights)
    given_turns(rotation, number)
    seat = RotationSeat(user_id=99, weight=weight)
    seat.turns = turns_at(min(levels(rotation)), seat)
    rotation.places[99] = Place(seat)
    assert spread(rotation) <= 1
    assert min(levels(rotation)) >= 0


@given(weights, st.integers(1, 80), st.data())
def test_caps_are_kept_and_the_others_go_on_in_turn(weights, number, data):
    rooms = [data.draw(st.integers(0, 12)) for _ in weights]
    rotation = a_rotation([*weights, 1])
    for place, room in zip(rotation.places.values(), rooms, strict=False):
        place.room = room
    counts = dict.fromkeys(rotation.places, 0)
    for pk in given_turns(rotation, number):
        counts[pk] += 1
    assert all(counts[pk] <= room for pk, room in enumerate(rooms, 1))
    assert sum(counts.values()) == number
    free = [level(place.seat) for place in rotation.places.values() if place.can_take]
    assert max(free) - min(free) <= 1


def test_three_quarters_of_the_turns_go_to_weight_three():
    rotation = a_rotation([1, 3])
    assert given_turns(rotation, 8).count(2) == 6


def test_who_has_least_open_work_is_next_and_turns_break_ties():
    rotation = a_rotation([1, 1, 1], turns=[0, 5, 3])
    rotation.places[1].open, rotation.places[2].open, rotation.places[3].open = 4, 1, 1
    taken = [rotation.next(set(), method=LEAST_OPEN).seat.user_id for _ in range(3)]
    assert taken == [3, 2, 3]


def test_who_works_now_comes_first_and_nobody_waits_for_the_morning():
    rotation = a_rotation([1, 1], turns=[0, 9])
    rotation.places[1].at_work = False
    assert rotation.next(set(), now_if_possible=True).seat.user_id == 2
    assert rotation.next(set()).seat.user_id == 1
    rotation.places[2].at_work = False
    assert rotation.next(set(), now_if_possible=True).seat.user_id == 1


def test_nobody_is_left_when_all_are_barred_away_or_full():
    rotation = a_rotation([1, 1, 1])
    rotation.places[2].away, rotation.places[3].room = True, 0
    assert rotation.next({1}) is None
    assert rotation.has_somebody({1})
    assert not rotation.has_somebody({1, 2, 3})
    rotation.keep_up()  # nobody to keep up with but who could take more
    assert levels(rotation) == [0, 0, 0]


def test_who_is_full_and_was_ahead_stays_ahead():
    rotation = a_rotation([2, 1], turns=[9, 1])
    rotation.places[1].room = 0
    rotation.keep_up()
    assert levels(rotation) == [Fraction(9, 2), 1]
