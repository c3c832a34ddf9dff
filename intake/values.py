"""Cells become typed values, or say in words why they cannot."""

import calendar
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.utils.timezone import make_aware
from email_validator import EmailNotValidError, validate_email

from leads.spreadsheets import FORMULA_SIGNS

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
AROUND = " \u00a0\u202f" + INVISIBLE
YES, NO = {"yes", "y", "true", "1", "on"}, {"no", "n", "false", "0", "off"}
YEARS = (1000, 9000)
DIGITS = 15  # what a double keeps exactly
ADDRESS = 1_000  # characters of an email address with a name beside it: its grammar is recursive
_GROUPS = r"[ \u00a0\u202f']"
_NUMBER = {
    ".": re.compile(rf"([+-]?)(\d+|\d{{1,3}}(?:(?:,|{_GROUPS})\d{{3}})+)(?:\.(\d+))?", re.ASCII),
    ",": re.compile(rf"([+-]?)(\d+|\d{{1,3}}(?:(?:\.|{_GROUPS})\d{{3}})+)(?:,(\d+))?", re.ASCII),
}
FARTHEST = timedelta(hours=16)  # zones that far away PostgreSQL does not take
DMY, MDY, YMD = "dmy", "mdy", "ymd"  # YMD: the year first; no day is guessed from 3/4/2026
_MONTHS = {
    name: number
    for number, full in enumerate(calendar.month_name)
    for name in (full.lower(), full[:3].lower(), full[:4].lower())
}
_TIME = (
    r"(?:(?:,? |T| at )(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r" ?(?P<half>[AaPp][Mm])? ?(?P<zone>[A-Z]{1,4}|[+-]\d\d(?::?\d\d)?)?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME, re.ASCII
)
_DOTTED = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)" + _TIME, re.ASCII
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3,9})\.?,?[- ](?P<year>\d{4}|\d\d)" + _TIME, re.ASCII
)
_NAMED_FIRST = re.compile(
    r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _TIME, re.ASCII
)
_ORDERED = {
    DMY: re.compile(
        r"(?P<day>\d{1,2})([-/])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d\d)" + _TIME, re.ASCII
    ),
    MDY: re.compile(
        r"(?P<month>\d{1,2})([-/])(?P<day>\d{1,2})\2(?P<year>\d{4}|\d\d)" + _TIME, re.ASCII
    ),
}
_DATES = {YMD: [_YEAR_FIRST, _DOTTED, _NAMED, _NAMED_FIRST]}
_DATES |= {order: [*_DATES[YMD], pattern] for order, pattern in _ORDERED.items()}
_SHOWN = {DMY: "31/5/2026", MDY: "5/31/2026", YMD: "31.5.2026"}
_ORDINARY_EMAIL = re.compile(
    r"([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@"
    r"((?:(?=[a-z0-9-]{1,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:com|net|org|eu|io|[a-z]{2}))",
    re.ASCII | re.IGNORECASE,
)
_PHONE = re.compile(r"p:(?=\+)")  # how Facebook marks numbers


class Wrong(ValueError):
    """The cell is no value of this kind; the message ends a sentence that names the column."""


def clean(cell):
    """Without spaces and invisible characters around, and without the ' that exports put before
    a sign which a spreadsheet would take for a formula."""
    text = cell.strip(AROUND)
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_SIGNS) else text


def email(text):
    """One address, its domain in lower case; "Ann <ann@example.com>" and mailto: are understood."""
    if (match := _ORDINARY_EMAIL.fullmatch(text)) and len(match[1]) <= 64 and len(text) <= 190:
        return f"{match[1]}@{match[2].lower()}"  # many times faster than the whole grammar
    if len(text) > ADDRESS:
        raise Wrong(f"“{short(text)}” is no email address. It is too long.")
    plain = "".join(char for char in text if char not in INVISIBLE)
    plain = plain.removeprefix("mailto:").strip()
    if plain.endswith(">"):
        plain = parseaddr(plain)[1] or plain
    try:
        return validate_email(plain, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Wrong(f"“{short(text)}” is no email address. {error}") from error


def number(text, decimal="."):
    """An int or a float. Digits, one decimal sign and groups of three; no words, no exponents."""
    match = _NUMBER[decimal].fullmatch(text.removesuffix("€").removesuffix("%").rstrip())
    if not match:
        raise Wrong(f"“{short(text)}” is no number with “{decimal}” as decimal sign.")
    sign, whole, fraction = match.groups("")
    whole = re.sub(r"\D", "", whole).lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    if len(whole.lstrip("0") + fraction) > DIGITS:
        raise Wrong(f"“{short(text)}” has more than {DIGITS} digits.")
    return float(f"{sign}{whole}.{fraction}") if fraction else int(sign + whole)


def boolean(text):
    word = text.lower()
    if word in YES or word in NO:
        return word in YES
    raise Wrong(f"“{short(text)}” is neither yes nor no.")


def day(text, order=YMD):
    """An ISO date; a time behind it is cut off. `order` tells how 3/4/2026 is meant."""
    return _date(text, _match(text, order)).isoformat()


def moment(text, order=YMD):
    """A datetime with a zone; without one in the text, our own. A date alone is its midnight."""
    match = _match(text, order)
    found = match.groupdict()
    return _in_zone(datetime.combine(_date(text, match), _time(text, found)), found["zone"])


def phone(text):
    return _PHONE.sub("", text)


def domain(text):
    """The host of a web address or domain, lower case, without www."""
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        host = ""
    host = host.removeprefix("www.").rstrip(".")
    if "." not in host or re.search(r"[\s,;@]", host):
        raise Wrong(f"“{short(text)}” is no web address.")
    return host


def short(text, most=60):
    """For messages: one line, not too long."""
    line = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _match(text, order):
    for pattern in _DATES[order]:
        if match := pattern.fullmatch(text):
            return match
    raise Wrong(f"“{short(text)}” is no date such as 2026-05-31 or {_SHOWN[order]}.")


def _date(text, match):
    year, month = match["year"], match["month"]
    if len(year) == 2:
        year = f"20{year}" if year < "70" else f"19{year}"
    try:
        number = int(month) if month.isdigit() else _MONTHS[month.lower()]
        found = date(int(year), number, int(match["day"]))
    except (ValueError, KeyError) as error:
        raise Wrong(f"“{short(text)}” is not in the calendar.") from error
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise Wrong(f"The year of “{short(text)}” is not between {YEARS[0]} and {YEARS[1]}.")
    return found


def _time(text, found):
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()
    try:
        if half:
            if not 1 <= hour <= 12:
                raise ValueError(hour)
            hour = hour % 12 + (12 if half == "pm" else 0)
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError as error:
        raise Wrong(f"“{short(text)}” is no time of the day.") from error


def _in_zone(naive, zone):
    if not zone:
        return make_aware(naive)
    if zone in ("Z", "UTC", "GMT"):
        return naive.replace(tzinfo=UTC)
    if zone.isalpha():
        raise Wrong(f"“{zone}” is a time zone with more than one meaning: write +01:00.")
    minutes = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
    offset = timedelta(minutes=-minutes if zone[0] == "-" else minutes)
    if abs(offset) >= FARTHEST:
        raise Wrong(f"“{zone}” is no time zone.")
    return naive.replace(tzinfo=timezone(offset))
