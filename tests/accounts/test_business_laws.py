"""The arithmetic of working time equals a count of minutes, in any zone, and obeys its laws."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.business_time import NeverWorks, add, between
from tests.accounts import business_time_reference as reference
from tests.accounts import schedule_worlds as worlds

SECOND = timedelta(seconds=1)
QUICK = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MORE = settings(QUICK, max_examples=80)
MOST = settings(QUICK, max_examples=200)


def found(schedule, start, duration, pauses=()):
    try:
        return add(schedule, start, duration, pauses)
    except NeverWorks:
        return "never"


@MOST
@given(data=st.data(), world=worlds.schedules())
def test_between_counts_the_minutes(data, world):
    near, schedule = world
    start, end = data.draw(worlds.moments(near)), data.draw(worlds.moments(near))
    pauses = data.draw(worlds.pauses(near))
    assert between(schedule, start, end, pauses) == reference.between(schedule, start, end, pauses)


@QUICK
@given(data=st.data(), world=worlds.schedules(works=True))
def test_add_counts_the_minutes(data, world):
    near, schedule = world
    start, duration = data.draw(worlds.moments(near)), data.draw(worlds.durations())
    pauses = data.draw(worlds.pauses(near))
    due = found(schedule, start, duration, pauses)
    counted = reference.add(schedule, start, duration, pauses, within=40 * worlds.DAY)
    assert due == counted or (counted is None and due > start + 40 * worlds.DAY)


@MORE
@given(data=st.data(), world=worlds.schedules())
def test_what_is_added_lies_between(data, world):
    near, schedule = world
    start, duration = data.draw(worlds.moments(near)), data.draw(worlds.durations())
    pauses = data.draw(worlds.pauses(near))
    due = found(schedule, start, duration, pauses)
    if due is None or due == "never":
        far = start + timedelta(days=365)
        assert between(schedule, start, far, pauses) < duration
    else:
        assert between(schedule, start, due, pauses) == duration
        if duration:
            before = due - timedelta.resolution
            assert between(schedule, start, before, pauses) == duration - timedelta.resolution


@MORE
@given(data=st.data(), world=worlds.schedules())
def test_parts_add_up(data, world):
    near, schedule = world
    a, b, c = sorted(data.draw(worlds.moments(near)) for _ in range(3))
    pauses = data.draw(worlds.pauses(near))
    whole = between(schedule, a, c, pauses)
    assert between(schedule, a, b, pauses) + between(schedule, b, c, pauses) == whole
    assert timedelta(0) <= whole <= c - a
    assert between(schedule, c, a, pauses) == timedelta(0)
    first, second = data.draw(worlds.durations(9)), data.draw(worlds.durations(9))
    half_way = found(schedule, a, first, pauses)
    if half_way not in (None, "never"):
        together = found(schedule, a, first + second, pauses)
        assert found(schedule, half_way, second, pauses) == together


@MORE
@given(data=st.data(), world=worlds.schedules(works=True))
def test_later_or_longer_is_never_due_earlier(data, world):
    near, schedule = world
    early, late = sorted(data.draw(worlds.moments(near)) for _ in range(2))
    short, long = sorted(data.draw(worlds.durations(40)) for _ in range(2))
    pause = data.draw(worlds.spans(near))
    due = add(schedule, early, short)
    assert due >= early + short
    assert due <= add(schedule, early, long)
    assert due <= add(schedule, late, short)
    assert due <= add(schedule, early, short, [pause])


@QUICK
@given(data=st.data(), world=worlds.schedules())
def test_in_whatever_zone_the_moments_are_told(data, world):
    near, schedule = world
    start, duration = data.draw(worlds.moments(near)), data.draw(worlds.durations())
    pauses = data.draw(worlds.pauses(near))
    local = [
        tuple(moment and moment.astimezone(schedule.zone) for moment in pause) for pause in pauses
    ]
    due = found(schedule, start, duration, pauses)
    told = found(schedule, start.astimezone(schedule.zone), duration, local)
    assert told == due
    assert due in (None, "never") or told.utcoffset() == timedelta(0)


@pytest.mark.parametrize("zone", sorted(worlds.ZONES.keys() - {"UTC", "Asia/Kolkata"}))
def test_the_moments_of_interest_are_changes_of_the_clock(zone):
    """Else the laws would be tried on ordinary days only."""
    for moment in worlds.ZONES[zone]:
        before, after = (one.astimezone(ZoneInfo(zone)) for one in (moment - SECOND, moment))
        assert before.utcoffset() != after.utcoffset(), moment
