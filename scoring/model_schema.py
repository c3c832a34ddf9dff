"""What a model's JSON may say: every problem of one, each named at its place.

The shape is that of scoring/exporting.py; starters have it, too.
"""

import json

from django.core.exceptions import ValidationError

from leads import conditions
from leads.conditions.values import at, count_problems, list_problem, shown, value_problem
from scoring.exporting import FORMAT, fields_read
from scoring.models import Rule
from scoring.models.model import MOST_RULES, Kind

BANDS = {
    "fit_bands": ("fit_a", "fit_b", "fit_c"),
    "engagement_bands": ("engagement_1", "engagement_2", "engagement_3"),
}
_NEEDED = ["name", *BANDS, "rules"]
_OPTIONAL = ["format", "fit_cap", "engagement_cap", "attributes", "groups"]
_NEEDED_OF_RULE = ["kind", "points", "condition"]
_OPTIONAL_OF_RULE = ["name", "cap", "decay", "decay_days", "group"]
_MOST_POINTS, _MOST_DAYS = 99_999.99, 3650


def check(data, attributes):
    """Raise a ValidationError that lists what is wrong. `attributes`: all that there are."""
    if problems := list(_model(data, attributes)):
        raise ValidationError(problems)


def _model(data, attributes):
    if wrong := list(_keys(data, _NEEDED, _OPTIONAL, ())):
        yield from wrong
        return
    if data.get("format", FORMAT) != FORMAT:
        yield at(("format",), f"{shown(data['format'])} is not {FORMAT}")
    yield from _text(data["name"], 120, ("name",))
    for name in BANDS:
        yield from _bands(data[name], (name,))
    for name in ("fit_cap", "engagement_cap"):
        if data.get(name) is not None:
            yield from _points(data[name], (name,), least=0)
    groups: dict[str, str] = {}
    yield from _listed(data.get("groups", []), ("groups",), _group, groups)
    yield from _missing_attributes(data, attributes)
    yield from _listed(data["rules"], ("rules",), _rule, groups, attributes, {})


def _listed(values, place, problems, *told):
    if values != [] and (problem := list_problem(values, MOST_RULES)):
        yield at(place, problem)
        return
    for number, value in enumerate(values, 1):
        yield from problems(value, (*place, number), *told)


def _group(data, place, groups):
    """`groups` {name: kind} is filled in for the rules."""
    if wrong := list(_keys(data, ["kind", "name", "cap"], [], place)):
        yield from wrong
        return
    yield from _kind(data["kind"], place)
    yield from _points(data["cap"], (*place, "cap"), least=0)
    if wrong := list(_text(data["name"], 80, (*place, "name"))):
        yield from wrong
    elif data["name"] in groups:
        yield at((*place, "name"), f"there is a group {shown(data['name'])} already")
    else:
        groups[data["name"]] = data["kind"]


def _rule(data, place, groups, attributes, seen):
    """`seen`: {what a rule says: its number}."""
    if wrong := list(_keys(data, _NEEDED_OF_RULE, _OPTIONAL_OF_RULE, place)):
        yield from wrong
        return
    yield from _kind(data["kind"], place)
    if data.get("name"):
        yield from _text(data["name"], 120, (*place, "name"))
    elif "name" in data and data["name"] != "":
        yield at((*place, "name"), f"{shown(data['name'])} is not a text")
    yield from _points(data["points"], (*place, "points"))
    if data.get("cap") is not None:
        yield from _points(data["cap"], (*place, "cap"), least=0)
    yield from _decay(data, place)
    yield from _membership(data, place, groups)
    here = (*place, "condition")
    try:
        conditions.validate(data["condition"], attributes)
    except ValidationError as error:
        yield from (at(here, message) for message in error.messages)
        return
    same = json.dumps([data["kind"], data.get("name"), data["condition"]], sort_keys=True)
    if (first := seen.setdefault(same, place[-1])) != place[-1]:
        yield at(place, f"the same as rule {first}")


def _decay(data, place):
    decay, days = data.get("decay", "none"), data.get("decay_days")
    if decay not in Rule.Decay.values:
        listed = ", ".join(Rule.Decay.values)
        yield at((*place, "decay"), f"{shown(decay)} is not one of {listed}")
    elif decay == Rule.Decay.NONE:
        if days is not None:
            yield at((*place, "decay_days"), "belongs to what fades, and only there")
    elif not isinstance(data["condition"], dict) or "did" not in data["condition"]:
        yield at((*place, "decay"), "only points for activities can fade")
    else:
        yield from count_problems(days, _MOST_DAYS, (*place, "decay_days"))


def _membership(data, place, groups):
    name = data.get("group")
    if name is None:
        return
    if not isinstance(name, str) or name not in groups:
        yield at((*place, "group"), f"{shown(name)} is not a group of this model")
    elif groups[name] != data["kind"]:
        yield at((*place, "group"), f"{shown(name)} is of another kind")


def _missing_attributes(data, attributes):
    """Told by their label, so that somebody can make them."""
    known, told = {one.code for one in attributes}, data.get("attributes", [])
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        yield at(("attributes",), "expected a list of objects")
        return
    labels = {shown(one.get("code")): one for one in told}
    for key in sorted(key for key in fields_read(data["rules"]) if key.startswith("attr.")):
        code = key.removeprefix("attr.")
        if code not in known:
            one = labels.get(shown(code), {})
            what = f"{shown(one.get('label', code))}, {shown(one.get('kind', 'unknown'))}"
            yield f"The custom attribute {shown(code)} ({what}) is missing here. Make it first."


def _bands(values, place):
    if not isinstance(values, list) or len(values) != 3:
        yield at(place, "expected a list of three numbers")
        return
    wrong = [text for n, one in enumerate(values, 1) for text in _points(one, (*place, n))]
    yield from wrong
    if not wrong and sorted(values, reverse=True) != values:
        yield at(place, "the points of a better band cannot be lower")


def _kind(value, place):
    if value not in Kind.values:
        yield at((*place, "kind"), f"{shown(value)} is not one of {', '.join(Kind.values)}")


def _points(value, place, least=-_MOST_POINTS):
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield at(place, f"{shown(value)} is not a number")
    elif not least <= value <= _MOST_POINTS:
        yield at(place, f"not a number from {least:,} to {_MOST_POINTS:,}")
    elif round(value, 2) != value:
        yield at(place, f"{shown(value)} has more than two decimals")


def _text(value, most, place):
    if problem := value_problem(value, "text"):
        yield at(place, problem)
    elif len(value) > most:
        yield at(place, f"longer than {most} characters")


def _keys(data, needed, optional, place):
    if not isinstance(data, dict):
        yield at(place, f"{shown(data)} is not an object")
        return
    yield from (at(place, f"missing key '{key}'") for key in needed if key not in data)
    unknown = [key for key in data if key not in (*needed, *optional)]
    yield from (at(place, f"unknown key {shown(key)}") for key in unknown)
