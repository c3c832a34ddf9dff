"""A condition as rows of text inputs, and back: what form.py shows and reads.

A row is {subject, property, op, value, times, days}: "lead.country" is "DE"; "did:page_view" with
"subject" that contains "/pricing" at least 2 times in the last 30 days; "returned" on 3 days in 14.
"""

import re

from django.core.exceptions import ValidationError

from leads.conditions.schema import validate
from leads.conditions.vocabulary import GROUPS, OPERATORS, find, verb

MAX_ROWS = 12
_YES = {"yes": True, "true": True, "no": False, "false": False}
# Which input a place of the schema is typed in.
_INPUT_OF = {
    **dict.fromkeys(("field", "did", "did_not"), "subject"),
    **{name: name for name in ("property", "op", "value", "times", "days")},
    "on_days": "times",
    "within_days": "days",
}


def to_rows(condition, attributes=None):
    """("all", rows), "any" or "none"; None when rows cannot say exactly this condition."""
    group = next((name for name in GROUPS if name in condition), None)
    nodes = condition[group] if group else [condition]
    rows = [_row(node, attributes) for node in nodes]
    try:
        same = None not in rows and to_condition(
            group or "all", [to_node(row, attributes) for row in rows]
        )
    except ValidationError:
        return None
    return (group or "all", rows) if same == condition and len(rows) <= MAX_ROWS else None


def to_condition(match, nodes):
    """One row stands for itself, so that a rule on activities counts each of them."""
    return nodes[0] if len(nodes) == 1 and match != "none" else {match: nodes}


def to_node(row, attributes=None):
    """The statement of one row. Raises a ValidationError of {input: problems}."""
    subject, typed = (
        row["subject"],
        {name: row[name] for name in row if row[name] not in ("", None)},
    )
    if not subject:
        raise ValidationError({"subject": "Choose what this row is about."})
    name, _, kind = subject.partition(":")
    if name in ("did", "did_not"):
        node, takes = _activity(name, kind, typed), {"property", "op", "value", "days"}
        takes |= {"times"} if name == "did" else set()
    elif name == "returned":
        node, takes = _returned(typed), {"times", "days"}
    else:
        node, takes = _fact(subject, typed, attributes), {"op", "value"}
    _check(node, typed.keys() - takes - {"subject"}, attributes)
    return node


def _fact(key, typed, attributes):
    field = find(key, attributes)
    if field is None:
        raise ValidationError({"subject": "This field does not exist."})
    return {"field": key, **_operand(typed, field.kind, field.choices)}


def _activity(name, kind, typed):
    node = {name: kind}
    if typed.keys() & {"property", "op", "value"}:
        op = typed.get("op", "")
        reads_text = op not in OPERATORS or "text" in OPERATORS[op].kinds
        operand = _operand(typed, "text" if reads_text else "number", [])
        node["where"] = [{"property": typed.get("property", "subject"), **operand}]
    limits = ("times", "days") if name == "did" else ("days",)
    return node | {key: typed[key] for key in limits if key in typed}


def _returned(typed):
    missing = [name for name in ("times", "days") if name not in typed]
    if missing:
        raise ValidationError(dict.fromkeys(missing, "The number is missing."))
    return {"returned": {"on_days": typed["times"], "within_days": typed["days"]}}


def _operand(typed, kind, choices):
    """{op, value}; what cannot be read stays text, and the schema says why it is wrong."""
    op, text = typed.get("op", ""), str(typed.get("value", "")).strip()
    if op not in OPERATORS:
        raise ValidationError({"op": "Choose how to compare."})
    takes = OPERATORS[op].takes
    if takes == "nothing":
        if text:
            raise ValidationError({"value": f"“{OPERATORS[op].words}” takes no value."})
        return {"op": op}
    if not text:
        raise ValidationError({"value": "The value is missing."})
    if takes == "days":
        return {"op": op, "value": _number(text)}
    if takes == "one":
        return {"op": op, "value": _read(text, kind, choices)}
    parts = text.split(",") if takes == "many" else re.split(r",|–|\band\b", text)
    values = [_read(part.strip(), kind, choices) for part in parts]
    if takes == "pair" and len(values) != 2:
        raise ValidationError({"value": "Two values, as in “50 and 199”."})
    return {"op": op, "value": values}


def _read(text, kind, choices):
    if kind == "number":
        return _number(text)
    if kind == "boolean":
        return _YES.get(text.lower(), text)
    by_label = {str(label).lower(): value for value, label in choices}
    return by_label.get(text.lower(), text)


def _number(text):
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _check(node, surplus, attributes):
    """What the schema says of this node, each problem at the input that it is about."""
    problems = {name: ["Does not belong to this row."] for name in surplus}
    try:
        validate(node, attributes)
    except ValidationError as error:
        for message in error.messages:
            place, _, problem = message.partition(": ")
            steps = [_INPUT_OF[step] for step in place.split(" › ") if step in _INPUT_OF]
            name, problem = (steps[-1], problem) if steps else ("subject", message)
            problems.setdefault(name, []).append(problem)
    if problems:
        raise ValidationError(problems)


def _row(node, attributes):
    name = verb(node)
    if name == "field":
        field = find(node["field"], attributes)
        if field is None or field.barred:
            return None
        return _blank(node["field"], **_shown(node, field.choices))
    if name == "returned":
        said = node["returned"]
        return _blank("returned", times=said["on_days"], days=said["within_days"])
    where = node.get("where", [])
    if name not in ("did", "did_not") or len(where) > 1:
        return None
    row = _blank(f"{name}:{node[name]}", times=node.get("times", ""), days=node.get("days", ""))
    for clause in where:
        row |= {"property": clause["property"], **_shown(clause, [])}
    return row


def _blank(subject, **typed):
    return {
        "subject": subject, "property": "", "op": "", "value": "", "times": "", "days": "", **typed,
    }  # fmt: skip


def _shown(node, choices):
    """The operator and its value as somebody would type it."""
    value, takes = node.get("value"), OPERATORS[node["op"]].takes
    labels = {value: str(label) for value, label in choices}
    if takes == "nothing":
        return {"op": node["op"]}
    values = value if isinstance(value, list) else [value]
    texts = [
        "yes" if one is True else "no" if one is False else labels.get(one, str(one))
        for one in values
    ]
    return {"op": node["op"], "value": (" and " if takes == "pair" else ", ").join(texts)}
