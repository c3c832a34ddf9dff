"""Checks of the values in a condition: each says what is wrong, and where."""

import re
import reprlib
import unicodedata
from datetime import date

from leads.conditions.vocabulary import OPERATORS

MAX_VALUES, MAX_TEXT, MAX_DAYS, MAX_NUMBER = 1000, 500, 3650, 10**15


def operand_problems(node, kind, place, field=None):
    """The problems of a node's value, under the operator that it names."""
    takes = OPERATORS[node["op"]].takes
    value, here = node.get("value"), (*place, "value")
    if (takes == "nothing") == ("value" in node):
        yield at(place, "unexpected key 'value'" if "value" in node else "missing key 'value'")
    elif takes == "one":
        if problem := value_problem(value, kind, field):
            yield at(here, problem)
    elif takes == "days":
        yield from count_problems(value, MAX_DAYS, here)
    elif takes in ("many", "pair"):
        if problem := list_problem(value, MAX_VALUES):
            yield at(here, problem)
            return
        problems = [value_problem(item, kind, field) for item in value]
        yield from (at((*here, n), text) for n, text in enumerate(problems, 1) if text)
        if takes == "pair" and not any(problems) and (len(value) != 2 or value[0] > value[1]):
            yield at(here, "expected the lower and the upper end")


def value_problem(value, kind, field=None):
    """What is wrong with one value of a kind, or ""."""
    if kind in ("number", "campaign"):
        return _number(value, kind)
    if kind == "boolean":
        return "" if isinstance(value, bool) else f"{shown(value)} is not true or false"
    if not isinstance(value, str):
        return f"{shown(value)} is not a {kind}"
    if kind == "choice":
        known = [choice for choice, _ in field.choices]
        return "" if value in known else f"{shown(value)} is not one of {', '.join(known)}"
    return _date(value) if kind == "date" else _text(value)


def count_problems(value, most, place):
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        yield at(place, f"{shown(value)} is not a whole number from 1 to {most}")


def list_problem(value, most):
    if not isinstance(value, list):
        return f"{shown(value)} is not a list"
    if not value:
        return "the list is empty"
    return f"more than {most} entries" if len(value) > most else ""


def at(place, problem):
    where = " › ".join(str(step) for step in place)
    return f"{where}: {problem}" if where else problem


def shown(value):
    return reprlib.repr(value)


def _text(value):
    if not value:
        return "the text is empty; “is empty” asks for that"
    if len(value) > MAX_TEXT:
        return f"longer than {MAX_TEXT} characters"
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        return f"{shown(value)} has characters that no text may have"
    if value != value.strip():
        return f"{shown(value)} begins or ends with a space"
    return ""


def _number(value, kind):
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{shown(value)} is not a {kind}"
    if not abs(value) <= MAX_NUMBER:  # so that NaN is refused, too
        return f"not a number within ±{MAX_NUMBER:,}"
    if kind == "campaign" and (not isinstance(value, int) or value < 1):
        return f"{shown(value)} is not a campaign"
    return ""


def _date(value):
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and date.fromisoformat(value):
            return ""
    except ValueError:
        pass
    return f"{shown(value)} is not a date (YYYY-MM-DD)"
