"""Working time: when a duration of it will have passed, and how much lies between two moments.

Pure arithmetic; where schedules come from is schedules.py. A shift begins when the local clock
first shows its opening time and ends when it first shows its closing time; what lies between is
time really elapsed. So an hour that the clocks skip is no working time, and an hour that comes
twice during a shift counts twice.
"""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
Hours = tuple[timedelta, timedelta]  # opening and closing time since midnight
Pauses = Sequence[tuple[datetime, datetime | None]]  # None: it goes on

DAY = timedelta(days=1)
LOOK_AHEAD = 730 * DAY
_FOREVER = datetime.max.replace(tzinfo=UTC)


class NeverWorks(Exception):
    """Too little working time within two years, so no moment can be named."""


@dataclass(frozen=True)
class Schedule:
    """`week`: the shifts of Monday to Sunday, in order and apart; `closed`: local days without
    work, asked one by one; `absences`: moments when nobody works, in any order.
    """

    zone: ZoneInfo
    week: tuple[tuple[Hours, ...], ...]
    closed: Container[date] = frozenset()
    absences: tuple[Span, ...] = ()


# Every minute counts: the clock on the wall.
ALWAYS = Schedule(ZoneInfo("UTC"), (((timedelta(0), DAY),),) * 7)


def add(
    schedule: Schedule, start: datetime, duration: timedelta, pauses: Pauses = ()
) -> datetime | None:
    """The first moment (UTC) at which `duration` of working time has passed since `start`.

    None when a pause that goes on begins before: the clock stands still. Raises NeverWorks when it
    would take more than two years longer than around the clock.
    """
    start = start.astimezone(UTC)
    if duration <= timedelta(0):
        return start
    for begin, end in spans(schedule, start, start + duration + LOOK_AHEAD, pauses):
        if end - begin >= duration:
            return begin + duration
        duration -= end - begin
    if any(end is None for _begin, end in pauses):
        return None
    raise NeverWorks(f"{duration} more of working time are not found after {start}.")


def between(schedule: Schedule, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
    """The working time from `start` to `end`; none when `end` comes first."""
    counted = spans(schedule, start, end, pauses)
    return sum((until - since for since, until in counted), timedelta(0))


def spans(
    schedule: Schedule, start: datetime, until: datetime, pauses: Pauses = ()
) -> Iterator[Span]:
    """The working time (UTC) between two moments, piece by piece."""
    start, until = start.astimezone(UTC), until.astimezone(UTC)
    away = [
        (begin.astimezone(UTC), end.astimezone(UTC) if end else _FOREVER)
        for begin, end in (*schedule.absences, *pauses)
    ]
    return _without(_shifts(schedule, start, until), sorted(one for one in away if one[0] < one[1]))


def _shifts(schedule: Schedule, start: datetime, until: datetime) -> Iterator[Span]:
    """The shifts that meet start to until, cut to it."""
    day = start.astimezone(schedule.zone).date()
    # Where clocks go back over midnight, the shifts of the next day may have begun.
    last = until.astimezone(schedule.zone).date() + DAY
    while day <= last:
        if day not in schedule.closed:
            midnight = datetime.combine(day, time())
            for opens, closes in schedule.week[day.weekday()]:
                begin = max(_first(midnight + opens, schedule.zone), start)
                end = min(_first(midnight + closes, schedule.zone), until)
                if begin < end:
                    yield begin, end
        day += DAY


@lru_cache(maxsize=8192)  # thousands of deadlines meet the same few days
def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """When the clock of the zone first shows this time or a later one."""
    shown = wall.replace(tzinfo=zone)
    moment, before = shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC)
    if moment <= before:
        return moment
    # The clock never shows it: it is turned on somewhere between the two readings.
    seconds = range(int((moment - before).total_seconds()))
    turned = bisect_left(seconds, wall, key=lambda s: _clock(before + timedelta(seconds=s), zone))
    return before + timedelta(seconds=turned)


def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _without(spans: Iterable[Span], away: list[Span]) -> Iterator[Span]:
    """What is left of the spans. Both in order; the second may overlap among themselves."""
    over = 0
    for begin, end in spans:
        while over < len(away) and away[over][1] <= begin:
            over += 1
        for gone, back in away[over:]:
            if gone >= end:
                break
            if begin < gone:
                yield begin, gone
            begin = max(begin, back)
        if begin < end:
            yield begin, end
