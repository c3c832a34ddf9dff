"""Random schedules near clock changes, for hypothesis. All on whole minutes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from accounts.business_time import Schedule
from tests.accounts.business_time_reference import DAY, MINUTE, utc

SECOND = timedelta(seconds=1)

# The moments at which clocks are turned on or back; where they never are, any.
ZONES = {
    "Europe/Warsaw": [utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)],
    "America/New_York": [utc(2026, 3, 8, 7), utc(2026, 11, 1, 6)],
    "Asia/Kolkata": [utc(2026, 1, 1)],
    "Asia/Kathmandu": [utc(1985, 12, 31, 18, 30)],  # 5:30 becomes 5:45, as it is today
    "Australia/Lord_Howe": [utc(2026, 4, 4, 15), utc(2026, 10, 3, 15, 30)],  # by half an hour
    "Pacific/Apia": [utc(2011, 12, 30, 10), utc(2011, 4, 2, 14)],  # a whole day left out
    "America/St_Johns": [utc(2010, 11, 7, 2, 31), utc(2010, 3, 14, 3, 31)],  # back over midnight
    "America/Sao_Paulo": [utc(2018, 11, 4, 3), utc(2018, 2, 18, 2)],  # no midnight
    "UTC": [utc(2026, 2, 27)],
}


@st.composite
def schedules(draw, *, works=False):
    """(a moment of interest, a schedule). `works`: some hours each day, and no absence."""
    zone = ZoneInfo(draw(st.sampled_from(sorted(ZONES))))
    moment = draw(st.sampled_from(ZONES[zone.key]))
    day = _days(moment, zone, fewest=1 if works else 0)
    week = draw(st.lists(day, min_size=7, max_size=7))
    around = [moment.astimezone(zone).date() + n * DAY for n in range(-3, 4)]
    closed = draw(st.sets(st.sampled_from(around), max_size=2))
    absences = [] if works else draw(st.lists(spans(moment), max_size=2))
    return moment, Schedule(zone, tuple(week), frozenset(closed), tuple(absences))


@st.composite
def _days(draw, moment, zone, fewest):
    """Up to three shifts, which like to begin and end where the clock jumps, and at midnight."""
    jump = moment.astimezone(zone) - SECOND
    odd = [(jump.hour * 60 + jump.minute + n) % (24 * 60) for n in (-59, -29, -14, 1, 16, 31, 61)]
    edges = st.sampled_from([*odd, *odd, 0, 24 * 60]) | st.integers(0, 24 * 60)
    found = sorted(draw(st.lists(edges, min_size=2 * fewest, max_size=6)))
    pairs = zip(found[::2], found[1::2], strict=False)
    shifts = tuple((opens * MINUTE, closes * MINUTE) for opens, closes in pairs if opens < closes)
    return shifts or ((9 * 60 * MINUTE, 18 * 60 * MINUTE),) * fewest


def moments(near, days=3):
    """Half of them within two and a half hours."""
    minutes = st.integers(-10, 10).map(lambda n: n * 15) | st.integers(
        -days * 24 * 60, days * 24 * 60
    )
    return minutes.map(lambda n: near + n * MINUTE)


def spans(near):
    return st.tuples(moments(near), st.integers(0, 45) | st.integers(0, 4 * 24 * 60)).map(
        lambda one: (one[0], one[0] + one[1] * MINUTE)
    )


def pauses(near):
    """Like spans, in any order and over each other; one may go on."""
    going_on = moments(near).map(lambda begin: [(begin, None)])
    return st.tuples(st.lists(spans(near), max_size=2), going_on | st.just([])).map(
        lambda some: some[0] + some[1]
    )


def durations(hours=24):
    return st.integers(0, hours * 60).map(lambda n: timedelta(minutes=n))
