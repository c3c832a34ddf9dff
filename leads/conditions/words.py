"""Compile a condition to words: "visited /pricing at least 2 times in the last 30 days"."""

from leads.conditions.fields import campaigns, find
from leads.conditions.vocabulary import ANY_ACTIVITY, GROUPS, OPERATORS, verb
from leads.lifecycle import Stage

MAX_LISTED = 10


def words(condition, attributes=None) -> str:
    """A valid condition in English, to be read after "the lead"."""
    return _WORDS[verb(condition)](condition, attributes)


def _group(node, attributes):
    name = verb(node)
    parts = [_part(child, attributes) for child in node[name]]
    if len(parts) == 1 and name != "none":
        return words(node[name][0], attributes)
    return f"{name} of: {'; '.join(parts)}"


def _part(node, attributes):
    """A group of several, or none of, stands in brackets inside another."""
    text = words(node, attributes)
    several = verb(node) in GROUPS and (verb(node) == "none" or len(node[verb(node)]) > 1)
    return f"({text})" if several else text


def _field(node, attributes):
    field = find(node["field"], attributes)
    label = field.label if field else node["field"].partition(".")[2]
    labels = dict(field.choices) if field else {}
    note = f" ({field.barred})" if field and field.barred else ""
    return f"{label}{note} {_comparison(node, labels)}"


def _comparison(node, labels):
    operator, value = OPERATORS[node["op"]], node.get("value")
    if operator.takes == "nothing":
        return operator.words
    if operator.takes == "days":
        return f"{operator.words} {_days(value)}"
    if operator.takes == "pair":
        return f"{operator.words} {_value(value[0], labels)} and {_value(value[1], labels)}"
    if operator.takes == "many":
        return f"{operator.words} {_several(value, labels)}"
    return f"{operator.words} {_value(value, labels)}"


def _did(node, attributes):
    done, _, thing = _DONE[node["did"]]
    times = node.get("times", 1)
    often = f" at least {times} times" if times > 1 else ""
    return f"{done}{_where(node, thing)}{often}{_within(node)}"


def _did_not(node, attributes):
    _, do, thing = _DONE[node["did_not"]]
    return f"did not {do}{_where(node, thing)}{_within(node)}"


def _since(node, attributes):
    name = verb(node)
    done, _, thing = _DONE[node[name]]
    return f"{name} {done}{_where(node, thing)} more than {_days(node['more_than_days_ago'])} ago"


def _returned(node, attributes):
    on, within = node["returned"]["on_days"], node["returned"]["within_days"]
    return f"returned on at least {_days(on, 'different day')} within {_days(within)}"


def _stage(node, attributes):
    name = {"is_in": "is in", "was_in": "was in", "entered": "entered"}[node["stage"]]
    return f"{name} {' or '.join(Stage(stage).label for stage in node['in'])}{_within(node)}"


def _touch(node, attributes):
    contains = node.get("op") == "contains"
    parts = []
    for name, value in node["touch"].items():
        labels = dict(campaigns()) if name == "campaign" else {}
        what = f"{name.replace('_', ' ')}{' containing' if contains else ''}"
        parts.append(f"{what} {_value(value, labels)}")
    return f"came by {' and '.join(parts)}"


def _where(node, thing):
    """What it was done with: the plain subject where one is named, and further properties."""
    clauses = list(node.get("where", []))
    named = [c for c in clauses if c["property"] == "subject" and c["op"] == "is" and thing]
    if named:
        clauses.remove(named[0])
        thing = _value(named[0]["value"], {})
    with_ = " and ".join(f"{c['property']} that {_comparison(c, {})}" for c in clauses)
    return (f" {thing}" if thing else "") + (f" with a {with_}" if with_ else "")


def _within(node):
    return f" in the last {_days(node['days'])}" if "days" in node else ""


def _days(number, unit="day"):
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _several(values, labels):
    listed = ", ".join(_value(value, labels) for value in values[:MAX_LISTED])
    more = len(values) - MAX_LISTED
    return f"{listed} and {more} more" if more > 0 else listed


def _value(value, labels):
    if value in labels:
        return str(labels[value])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


# kind: (past, infinitive, what when no subject is named)
_DONE = {
    ANY_ACTIVITY: ("did", "do", "anything"),
    "page_view": ("visited", "visit", "a page"),
    "form": ("filled in", "fill in", "a form"),
    "download": ("downloaded", "download", "something"),
    "webinar": ("attended", "attend", "a webinar"),
    "event": ("attended", "attend", "an event"),
    "email_open": ("opened", "open", "an email"),
    "email_click": ("clicked in", "click in", "an email"),
    "email_reply": ("replied to", "reply to", "an email"),
    "call": ("had a call", "have a call", ""),
    "meeting": ("had a meeting", "have a meeting", ""),
    "contact_request": ("asked to be contacted", "ask to be contacted", ""),
    "demo_request": ("asked for a demo", "ask for a demo", ""),
    "note": ("got a note", "get a note", ""),
}
_WORDS = {
    **dict.fromkeys(GROUPS, _group),
    "field": _field,
    "did": _did,
    "did_not": _did_not,
    **dict.fromkeys(("last", "first"), _since),
    "returned": _returned,
    "stage": _stage,
    "touch": _touch,
}
