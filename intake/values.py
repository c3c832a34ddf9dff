"""Cells become typed values, or say in words why they cannot."""

import re
import unicodedata
from datetime import date
from email.utils import parseaddr
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from leads.spreadsheets import FORMULA_SIGNS

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
AROUND = " \u00a0\u202f" + INVISIBLE
YES, NO = {"yes", "y", "true", "1", "on"}, {"no", "n", "false", "0", "off"}
DIGITS = 15  # what a double keeps exactly
_GROUPS = r"[ \u00a0\u202f']"
_NUMBER = {
    ".": re.compile(rf"([+-]?)(\d+|\d{{1,3}}(?:(?:,|{_GROUPS})\d{{3}})+)(?:\.(\d+))?", re.ASCII),
    ",": re.compile(rf"([+-]?)(\d+|\d{{1,3}}(?:(?:\.|{_GROUPS})\d{{3}})+)(?:,(\d+))?", re.ASCII),
}
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: \d{1,2}:\d{2}.*)?", re.ASCII)
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
    whole = re.sub(r"\D", "", whole)
    fraction = fraction.rstrip("0")
    if len(whole.lstrip("0") + fraction) > DIGITS:
        raise Wrong(f"“{short(text)}” has more than {DIGITS} digits.")
    return float(f"{sign}{whole}.{fraction}") if fraction else int(sign + whole)


def boolean(text):
    word = text.lower()
    if word in YES or word in NO:
        return word in YES
    raise Wrong(f"“{short(text)}” is neither yes nor no.")


def day(text):
    """2026-05-31 or 31.5.2026, as an ISO date; a time behind it is cut off."""
    if match := _ISO_DATE.fullmatch(text):
        year, month, of_month = match.groups()
    elif match := _DOTTED_DATE.fullmatch(text):
        of_month, month, year = match.groups()
    else:
        raise Wrong(f"“{short(text)}” is no date such as 2026-05-31 or 31.5.2026.")
    try:
        return date(int(year), int(month), int(of_month)).isoformat()
    except ValueError as error:
        raise Wrong(f"“{short(text)}” is not in the calendar.") from error


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
