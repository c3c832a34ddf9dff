"""Working time by examples that a person can check on a calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.business_time import ALWAYS, NeverWorks, Schedule, add, between
from tests.accounts.business_time_reference import utc

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NINE_TO_SIX = ((9 * HOUR, 18 * HOUR),)
WARSAW = Schedule(ZoneInfo("Europe/Warsaw"), (*[NINE_TO_SIX] * 5, (), ()))
NIGHT = ((0 * HOUR, 6 * HOUR), (22 * HOUR, DAY))  # both touch midnight
NIGHTS = Schedule(ZoneInfo("Europe/Warsaw"), (NIGHT,) * 7)


def warsaw(*when):
    return datetime(*when, tzinfo=ZoneInfo("Europe/Warsaw"))


def with_lunch(zone):
    day = ((9 * HOUR, 13 * HOUR), (14 * HOUR, 18 * HOUR))
    return Schedule(ZoneInfo(zone), (*[day] * 5, (), ()))


def test_friday_evening_in_warsaw_is_due_on_monday():
    """Ten minutes of Friday, the rest from Monday 9:00."""
    assert add(WARSAW, warsaw(2026, 11, 27, 17, 50), 4 * HOUR) == warsaw(2026, 11, 30, 12, 50)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ((2026, 11, 27, 14), 4, (2026, 11, 27, 18)),  # the end of the day, not the next morning
        ((2026, 11, 28, 12), 1, (2026, 11, 30, 10)),  # a Saturday
        ((2026, 11, 27, 8), 1, (2026, 11, 27, 10)),  # before opening
        ((2026, 11, 27, 17), 19, (2026, 12, 1, 18)),
        ((2026, 11, 28, 12), 0, (2026, 11, 28, 12)),  # nothing to wait for
    ],
)
def test_by_the_weekly_hours(start, hours, due):
    assert add(WARSAW, warsaw(*start), hours * HOUR) == warsaw(*due)


def test_lunch_does_not_count():
    start = datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("Asia/Kolkata"))
    kolkata = with_lunch("Asia/Kolkata")
    assert add(kolkata, start, 2 * HOUR) == start + 3 * HOUR
    assert between(kolkata, start, start + 2 * HOUR) == HOUR
    assert between(kolkata, start + HOUR, start + 2 * HOUR) == timedelta(0)


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 28, 22), 7), ((2026, 10, 24, 22), 9), ((2026, 11, 14, 22), 8)]
)
def test_the_night_of_a_clock_change_is_as_long_as_it_is(day, hours):
    """22:00 to 6:00 is seven hours in spring and nine in autumn."""
    evening = warsaw(*day)
    morning = evening + 8 * HOUR  # on the wall
    assert between(NIGHTS, evening, morning) == hours * HOUR
    assert add(NIGHTS, evening, hours * HOUR) == morning


@pytest.mark.parametrize(
    ("night", "opens", "closes", "minutes"),
    [
        ((2026, 3, 29), "02:00", "03:00", 0),  # the clock goes from 2:00 to 3:00
        ((2026, 3, 29), "02:15", "02:45", 0),
        ((2026, 3, 29), "02:30", "04:00", 60),
        ((2026, 3, 29), "01:00", "02:30", 60),
        ((2026, 10, 25), "02:30", "04:00", 150),  # from 3:00 back to 2:00
        ((2026, 10, 25), "01:00", "02:30", 90),
        ((2026, 10, 25), "02:15", "02:45", 30),
    ],
)
def test_a_shift_goes_by_what_the_clock_shows_first(night, opens, closes, minutes):
    opens, closes = (timedelta(hours=int(at[:2]), minutes=int(at[3:])) for at in (opens, closes))
    schedule = Schedule(WARSAW.zone, (((opens, closes),),) * 7)
    assert between(schedule, warsaw(*night), warsaw(*night) + DAY) == minutes * MINUTE


def test_clocks_that_go_back_over_midnight():
    """In St. John's a minute after midnight became 23:01 of the day before."""
    zone = ZoneInfo("America/St_Johns")
    sunday = Schedule(zone, (*[()] * 6, ((0 * HOUR, HOUR),)))
    turned = utc(2010, 11, 7, 2, 31)
    assert turned.astimezone(zone).replace(tzinfo=None) == datetime(2010, 11, 6, 23, 1)
    assert between(sunday, turned - DAY, turned + 30 * MINUTE) == 31 * MINUTE
    assert between(sunday, turned + 30 * MINUTE, turned + DAY) == 89 * MINUTE
    assert add(sunday, turned, HOUR) == turned + HOUR


def test_the_day_that_samoa_left_out():
    apia = Schedule(ZoneInfo("Pacific/Apia"), (NINE_TO_SIX,) * 7)
    thursday = datetime(2011, 12, 29, 17, tzinfo=ZoneInfo("Pacific/Apia"))
    assert add(apia, thursday, 2 * HOUR) == datetime(2011, 12, 31, 10, tzinfo=apia.zone)


def test_holidays_and_absences_do_not_count():
    closed = Schedule(WARSAW.zone, WARSAW.week, frozenset({date(2026, 11, 30)}))
    assert add(closed, warsaw(2026, 11, 27, 17), 2 * HOUR) == warsaw(2026, 12, 1, 10)
    ill = [(warsaw(2026, 11, 27, 10), warsaw(2026, 11, 27, 12))]
    away = Schedule(WARSAW.zone, WARSAW.week, absences=tuple(ill))
    assert add(away, warsaw(2026, 11, 27, 9), 2 * HOUR) == warsaw(2026, 11, 27, 13)
    assert between(away, warsaw(2026, 11, 27, 9), warsaw(2026, 11, 27, 18)) == 7 * HOUR


def test_a_pause_over_the_weekend_costs_only_its_working_time():
    pause = [(warsaw(2026, 11, 27, 17), warsaw(2026, 11, 30, 10))]
    assert add(WARSAW, warsaw(2026, 11, 27, 16), 2 * HOUR, pause) == warsaw(2026, 11, 30, 11)
    assert between(WARSAW, warsaw(2026, 11, 27, 16), warsaw(2026, 11, 30, 11), pause) == 2 * HOUR


def test_pauses_over_each_other_count_once():
    friday = warsaw(2026, 11, 27, 9)
    pauses = [(friday + 3 * HOUR, friday + 4 * HOUR), (friday + HOUR, friday + 5 * HOUR)]
    assert add(WARSAW, friday, 2 * HOUR, pauses) == friday + 6 * HOUR
    assert between(WARSAW, friday, friday + 9 * HOUR, pauses) == 5 * HOUR


def test_a_pause_that_goes_on_stops_the_clock():
    friday = warsaw(2026, 11, 27, 9)
    pause = [(friday + 3 * HOUR, None)]
    assert add(WARSAW, friday, 4 * HOUR, pause) is None
    assert between(WARSAW, friday, friday + 7 * DAY, pause) == 3 * HOUR
    # What was due before it stays due.
    assert add(WARSAW, friday, 3 * HOUR, pause) == friday + 3 * HOUR


def test_every_minute_counts_on_the_wall_clock():
    saturday = utc(2026, 11, 28, 23, 30)
    assert add(ALWAYS, saturday, 24 * HOUR) == saturday + 24 * HOUR
    assert add(ALWAYS, saturday, 3000 * DAY) == saturday + 3000 * DAY
    assert between(ALWAYS, saturday, saturday + 400 * DAY) == 400 * DAY


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(ZoneInfo("UTC"), ((),) * 7),
        Schedule(ZoneInfo("UTC"), ALWAYS.week, absences=((utc(2026, 1, 1), utc(2030, 1, 1)),)),
    ],
)
def test_who_never_works_is_told_apart(schedule):
    start = utc(2026, 11, 27)
    with pytest.raises(NeverWorks):
        add(schedule, start, HOUR)
    assert add(schedule, start, HOUR, [(start, None)]) is None
    assert between(schedule, start, start + 30 * DAY) == timedelta(0)


def test_nothing_lies_between_the_end_and_the_start():
    assert between(ALWAYS, utc(2026, 11, 28), utc(2026, 11, 27)) == timedelta(0)
