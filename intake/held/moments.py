"""Moments in cells, however a system writes them."""

import re
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from intake import values

_DAY = r"(?P<a>\d{4}|\d{1,2})(?P<sign>[-./])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{4}|\d{1,2})\.?"
_TIME = (
    r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
_MOMENT = re.compile(rf"{_DAY}(?:(?:T|,?\s+){_TIME}{_ZONE})?", re.ASCII)


def moment(text, order="dmy"):
    """An aware datetime. A day is its midnight, and a time without a zone is one of this house.

    `order` of day and month where the year stands behind them.
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        raise values.Wrong(f"“{values.short(text)}” is no date or time such as 2026-05-31 14:30.")
    try:
        naive = datetime.combine(_day(found, order), _time(found))
        zone = _zone(found["zone"])
        return naive.replace(tzinfo=zone) if zone else timezone.make_aware(naive)
    except (ValueError, OverflowError) as error:
        raise values.Wrong(f"“{values.short(text)}” is not in the calendar.") from error


def _day(found, order):
    first, second, third = (int(found[name]) for name in "abc")
    if len(found["a"]) == 4:
        return date(first, second, third)
    if len(found["c"]) != 4:
        raise ValueError("a year of two digits")
    is_us = order == "mdy" and found["sign"] != "."
    return date(third, first, second) if is_us else date(third, second, first)


def _time(found):
    if not found["h"]:
        return time()
    hour = int(found["h"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    return time(hour, int(found["m"]), int(found["s"] or 0))


def _zone(text):
    if not text:
        return None
    if text in ("Z", "UTC"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone.get_fixed_timezone(ahead if text[0] == "+" else -ahead)
