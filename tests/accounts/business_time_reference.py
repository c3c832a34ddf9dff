"""Working time by asking each single minute, to compare the real arithmetic with."""

from datetime import UTC, datetime, time, timedelta

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def minutes(schedule, start, pauses=(), earlier=180 * MINUTE):
    """Yields (moment, does the minute from it count?) for ever.

    A clock that was turned back shows again what it has shown: what counts is the latest time
    that it has shown so far. `earlier`: how far back to look for it.
    """
    shown = datetime.min
    moment = start - earlier
    while True:
        clock = moment.astimezone(schedule.zone).replace(tzinfo=None)
        shown = max(shown, clock)
        if moment >= start:
            away = any(
                begin <= moment and (end is None or moment < end)
                for begin, end in (*schedule.absences, *pauses)
            )
            yield moment, not away and _open(schedule, shown)
        moment += MINUTE


def between(schedule, start, end, pauses=()):
    counted = 0
    for moment, counts in minutes(schedule, start, pauses):
        if moment >= end:
            return counted * MINUTE
        counted += counts


def add(schedule, start, duration, pauses=(), within=60 * DAY):
    """None when it does not come within so many days."""
    if not duration:
        return start
    for moment, counts in minutes(schedule, start, pauses):
        duration -= counts * MINUTE
        if not duration:
            return moment + MINUTE
        if moment - start > within:
            return None


def _open(schedule, shown):
    since_midnight = shown - datetime.combine(shown.date(), time())
    return shown.date() not in schedule.closed and any(
        opens <= since_midnight < closes for opens, closes in schedule.week[shown.weekday()]
    )


def utc(*when):
    return datetime(*when, tzinfo=UTC)
