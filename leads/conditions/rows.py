"""One row of the builder and the statement that it makes, both ways.

A row is what was typed, as text: `subject` (a field, or a verb), `kind` (of activity, or how a
stage), `op`, `value` and `high`, `times`, `days`, the parts of a touch by name, and `where`, a list
of {property, op, value, high}. Several values stand one to a line.
"""

from django.core.exceptions import ValidationError

from leads.conditions.fields import find
from leads.conditions.schema import validate
from leads.conditions.vocabulary import OPERATORS, TOUCHES, property_kind, verb

CLAUSE = ("property", "op", "value", "high")
INPUTS = ("subject", "kind", "op", "value", "high", "times", "days", *TOUCHES)
YES = {"yes": True, "no": False}
# Which input a place of the schema is typed in.
_INPUT_OF = {
    "field": "subject",
    **dict.fromkeys(("did", "did_not", "last", "first", "stage"), "kind"),
    **{name: name for name in ("property", "op", "value", "times", "days", *TOUCHES)},
    "in": "value",
    "on_days": "times",
    "within_days": "days",
    "more_than_days_ago": "days",
}


def is_blank(row):
    """Nothing was typed: the row says nothing."""
    return not any(row.get(name) for name in INPUTS) and not _used(row)


def to_node(row, attributes):
    """The statement of a row. Raises a ValidationError of {input: problems}; those which only
    wait for more to be typed have the code "missing"."""
    subject = row.get("subject")
    if not subject:
        raise _missing("subject", "Choose what this row is about.")
    node = _READERS.get(subject, _fact)(row, attributes)
    _check(node, row, attributes)
    return node


def to_row(node, attributes):
    """What somebody would type to say a valid statement."""
    name = verb(node)
    if name == "field":
        field = find(node["field"], attributes)
        return {"subject": node["field"], **_shown(node)} if field else {"subject": node["field"]}
    if name == "returned":
        said = node["returned"]
        return _texts(subject=name, times=said["on_days"], days=said["within_days"])
    if name == "touch":
        return _texts(subject=name, op=node.get("op", "is"), **node["touch"])
    if name == "stage":
        stages = "\n".join(node["in"])
        return _texts(subject=name, kind=node["stage"], value=stages, days=node.get("days", ""))
    days = node.get("days", node.get("more_than_days_ago", ""))
    row = _texts(subject=name, kind=node[name], times=node.get("times", ""), days=days)
    return row | {"where": [_shown_clause(clause) for clause in node.get("where", [])]}


def _fact(row, attributes):
    field = find(row["subject"], attributes)
    if field is None:
        raise ValidationError({"subject": "This field does not exist."})
    return {"field": field.key, **_operand(row, row.get("op", ""), field.kind)}


def _activity(row, attributes):
    name = row["subject"]
    if not row.get("kind"):
        raise _missing("kind", "Choose an activity.")
    node = {name: row["kind"]}
    if where := [_clause(clause, f"w{n}.") for n, clause in _used(row)]:
        node["where"] = where
    if name in ("last", "first"):
        return node | {"more_than_days_ago": _count(row, "days")}
    limits = ("times", "days") if name == "did" else ("days",)
    return node | {limit: _count(row, limit) for limit in limits if row.get(limit)}


def _clause(clause, prefix):
    kind, _, op = clause.get("op", "").partition(":")
    said = _operand(clause, op, kind, prefix)
    return {"property": clause.get("property") or "subject", **said}


def _returned(row, attributes):
    return {"returned": {"on_days": _count(row, "times"), "within_days": _count(row, "days")}}


def _stage(row, attributes):
    if not row.get("kind"):
        raise _missing("kind", "Choose how.")
    node = {"stage": row["kind"], "in": _lines(row.get("value", ""))}
    if not node["in"]:
        raise _missing("value", "Choose a stage.")
    return node | ({"days": _count(row, "days")} if row["kind"] == "entered" else {})


def _touch(row, attributes):
    met = {name: row[name] for name in TOUCHES if row.get(name)}
    if not met:
        raise _missing("source", "Fill in at least one part.")
    if "campaign" in met:
        met["campaign"] = _number(met["campaign"])
    return {"touch": met, **({"op": row["op"]} if row.get("op", "is") != "is" else {})}


def _operand(typed, op, kind, prefix=""):
    """{op, value}; what cannot be read stays text, and the schema says why it is wrong."""
    if op not in OPERATORS:
        raise _missing(f"{prefix}op", "Choose how to compare.")
    takes, text = OPERATORS[op].takes, typed.get("value", "")
    if takes == "nothing":
        return {"op": op}
    texts = _lines(text) if takes == "many" else [text] if text else []
    if takes == "pair":
        texts += [typed["high"]] if typed.get("high") else []
    if not texts or (takes == "pair" and len(texts) != 2):
        raise _missing(f"{prefix}value", "The value is missing.")
    if takes == "days":
        return {"op": op, "value": _number(text)}
    values = [_read(one, kind) for one in texts]
    return {"op": op, "value": values[0] if takes == "one" else values}


def _read(text, kind):
    if kind in ("number", "campaign"):
        return _number(text)
    return YES.get(text, text) if kind == "boolean" else text


def _count(row, name):
    if not row.get(name):
        raise _missing(name, "The number is missing.")
    return _number(row[name])


def _number(text):
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _lines(text):
    return [line.strip() for line in text.split("\n") if line.strip()]


def _used(row):
    """The clauses that say something, each with its number in the row."""
    return [(n, one) for n, one in enumerate(row.get("where", [])) if any(one.values())]


def _missing(name, problem):
    return ValidationError({name: ValidationError(problem, code="missing")})


def _check(node, row, attributes):
    """What the schema says of this node, each problem at the input that it is about."""
    try:
        validate(node, attributes)
    except ValidationError as error:
        problems: dict[str, list[str]] = {}
        for message in error.messages:
            place, _, problem = message.partition(": ")
            steps = place.split(" › ")
            name = next((_INPUT_OF[step] for step in reversed(steps) if step in _INPUT_OF), "")
            if steps[0] == "where" and len(steps) > 1:
                name = f"w{_used(row)[int(steps[1]) - 1][0]}.{name}"
            problems.setdefault(name or "subject", []).append(problem if name else message)
        raise ValidationError(problems) from error


def _texts(**typed):
    return {name: str(value) for name, value in typed.items()}


def _shown(node):
    """The operator and its value as typed."""
    value, takes = node.get("value"), OPERATORS[node["op"]].takes
    if takes == "nothing":
        return {"op": node["op"]}
    texts = [_text(one) for one in (value if isinstance(value, list) else [value])]
    if takes == "pair":
        return {"op": node["op"], "value": texts[0], "high": texts[1]}
    return {"op": node["op"], "value": "\n".join(texts)}


def _shown_clause(clause):
    kind = property_kind(clause["op"], clause.get("value"))
    return {"property": clause["property"], **_shown(clause), "op": f"{kind}:{clause['op']}"}


def _text(value):
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


_READERS = {
    **dict.fromkeys(("did", "did_not", "last", "first"), _activity),
    "returned": _returned,
    "stage": _stage,
    "touch": _touch,
}
