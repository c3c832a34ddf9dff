"""The schema of conditions: every problem of one, each named with its place."""

from django.core.exceptions import ValidationError

from leads.conditions.fields import find
from leads.conditions.values import (
    MAX_DAYS,
    MAX_VALUES,
    at,
    count_problems,
    list_problem,
    operand_problems,
    shown,
    value_problem,
)
from leads.conditions.vocabulary import (
    ANY_ACTIVITY,
    GROUPS,
    STAGES,
    TOUCHES,
    VERBS,
    operators,
    property_kind,
)
from leads.lifecycle import Stage
from leads.models import Activity

MAX_DEPTH, MAX_CHILDREN, MAX_TIMES = 10, 100, 10_000
MAX_STATEMENTS, MAX_PARTS = 200, 5_000  # in all, so that any condition fits a form and a query


def validate(condition, attributes=None) -> None:
    """Raise a ValidationError that lists what is wrong, each after its place."""
    statements, parts = _size(condition)
    if statements > MAX_STATEMENTS:
        raise ValidationError(f"more than {MAX_STATEMENTS} statements")
    problems = list(_node(condition, (), attributes))
    if not problems and parts > MAX_PARTS:
        problems = [f"more than {MAX_PARTS:,} values in all"]
    if problems:
        raise ValidationError(problems)


def _size(condition):
    """How many objects and how many list entries; without recursion, and no further than needed."""
    statements, parts, rest = 0, 0, [condition]
    while rest and statements <= MAX_STATEMENTS:
        one = rest.pop()
        if isinstance(one, dict):
            statements += 1
            rest.extend(one.values())
        elif isinstance(one, list):
            parts += len(one)
            rest.extend(one[: MAX_PARTS + 1])
    return statements, parts


def _node(node, place, attributes):
    """The problems of one statement; a place is a tuple of keys and numbers counted from 1."""
    if not isinstance(node, dict):
        yield at(place, f"{shown(node)} is not a condition")
        return
    verbs = [verb for verb in VERBS if verb in node]
    if len(verbs) != 1:
        yield at(place, f"expected one of {', '.join(VERBS)}, not {_names(node)}")
        return
    verb = verbs[0]
    needed, optional = VERBS[verb]
    wrong = list(_keys(node, (verb, *needed), optional, place))
    yield from wrong or _CHECKS[verb](node, verb, place, attributes)


def _group(node, verb, place, attributes):
    children = node[verb]
    if len(place) >= 2 * MAX_DEPTH:
        yield at(place, f"nested deeper than {MAX_DEPTH}")
    elif problem := list_problem(children, MAX_CHILDREN):
        yield at((*place, verb), problem)
    else:
        for number, child in enumerate(children, 1):
            yield from _node(child, (*place, verb, number), attributes)


def _field(node, verb, place, attributes):
    nameable = not value_problem(node["field"], "text")
    field = find(node["field"], attributes) if nameable else None
    if not field:
        yield at((*place, "field"), f"{shown(node['field'])} is not a field")
    elif field.barred:
        yield at((*place, "field"), f"“{field.label}” is {field.barred}")
    elif node["op"] not in list(operators(field.kind)):
        yield at((*place, "op"), f"{shown(node['op'])} does not fit a {field.kind}")
    else:
        yield from operand_problems(node, field.kind, place, field)


def _activity(node, verb, place, attributes):
    if node[verb] not in [ANY_ACTIVITY, *Activity.Kind.values]:
        yield at((*place, verb), f"{shown(node[verb])} is not a kind of activity")
    for key, most in (("times", MAX_TIMES), ("days", MAX_DAYS), ("more_than_days_ago", MAX_DAYS)):
        if key in node:
            yield from count_problems(node[key], most, (*place, key))
    if "where" in node:
        yield from _where(node["where"], (*place, "where"))


def _where(clauses, place):
    if problem := list_problem(clauses, MAX_CHILDREN):
        yield at(place, problem)
        return
    fitting = [op for kind in ("text", "number", "boolean") for op in operators(kind)]
    for number, clause in enumerate(clauses, 1):
        here = (*place, number)
        if not isinstance(clause, dict):
            yield at(here, f"{shown(clause)} is not an object")
        elif wrong := list(_keys(clause, ("property", "op"), ("value",), here)):
            yield from wrong
        elif problem := value_problem(clause["property"], "text"):
            yield at((*here, "property"), problem)
        elif clause["op"] not in fitting:
            yield at((*here, "op"), f"{shown(clause['op'])} does not fit a property")
        else:
            kind = property_kind(clause["op"], clause.get("value"))
            yield from operand_problems(clause, kind, here)


def _returned(node, verb, place, attributes):
    place, keys = (*place, verb), ("on_days", "within_days")
    if not isinstance(node[verb], dict):
        yield at(place, f"{shown(node[verb])} is not an object")
    elif wrong := list(_keys(node[verb], keys, (), place)):
        yield from wrong
    else:
        for key in keys:
            yield from count_problems(node[verb][key], MAX_DAYS, (*place, key))


def _stage(node, verb, place, attributes):
    if node[verb] not in STAGES:
        yield at((*place, verb), f"{shown(node[verb])} is not one of {', '.join(STAGES)}")
    elif (node[verb] == "entered") != ("days" in node):
        yield at(place, "“days” belongs to “entered”, and only there")
    if problem := list_problem(node["in"], MAX_VALUES):
        yield at((*place, "in"), problem)
    else:
        for number, stage in enumerate(node["in"], 1):
            if stage not in Stage.values:
                yield at((*place, "in", number), f"{shown(stage)} is not a stage")
    if "days" in node:
        yield from count_problems(node["days"], MAX_DAYS, (*place, "days"))


def _touch(node, verb, place, attributes):
    op = node.get("op", "is")
    if op not in ["is", "contains"]:
        yield at((*place, "op"), f"{shown(op)} is not one of is, contains")
    if not isinstance(node[verb], dict) or not node[verb]:
        yield at((*place, verb), f"expected an object of {', '.join(TOUCHES)}")
        return
    for key, value in node[verb].items():
        here = (*place, verb, key)
        if key not in TOUCHES:
            yield at((*place, verb), f"unknown key {shown(key)}")
        elif key == "campaign" and op != "is":
            yield at(here, "a campaign can only be compared by “is”")
        elif problem := value_problem(value, "campaign" if key == "campaign" else "text"):
            yield at(here, problem)


def _keys(node, needed, optional, place):
    yield from (at(place, f"missing key '{key}'") for key in needed if key not in node)
    unknown = [key for key in node if key not in (*needed, *optional)]
    yield from (at(place, f"unknown key {shown(key)}") for key in unknown)


def _names(node):
    return ", ".join(shown(key) for key in list(node)[:5]) or "nothing"


_CHECKS = {
    **dict.fromkeys(GROUPS, _group),
    "field": _field,
    **dict.fromkeys(("did", "did_not", "last", "first"), _activity),
    "returned": _returned,
    "stage": _stage,
    "touch": _touch,
}
