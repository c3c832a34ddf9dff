"""What a condition means, in plain Python over plain facts: the reference that SQL must equal.

A lead is a dict: columns, `company` (dict or None), `values`, `activities`, `events`, `touches`,
`answers` ({field key: what was said last}).
"""

import re
from datetime import UTC, timedelta
from decimal import Decimal

NOT = {"is_not": "is", "not_in": "in", "empty": "not_empty"}


def holds(node, lead, now, kinds):
    """Is the condition true of this lead at `now`? `kinds`: {field key: kind}."""
    if "all" in node:
        return all(holds(child, lead, now, kinds) for child in node["all"])
    if "any" in node:
        return any(holds(child, lead, now, kinds) for child in node["any"])
    if "none" in node:
        return not any(holds(child, lead, now, kinds) for child in node["none"])
    if "field" in node:
        kind = kinds[node["field"]]
        return _compare(node["op"], node.get("value"), kind, _read(node["field"], lead, kind), now)
    if "did" in node:
        return len(activities(node, "did", lead, now)) >= node.get("times", 1)
    if "did_not" in node:
        return not activities(node, "did_not", lead, now)
    if "returned" in node:
        said = {"any": "any", "days": node["returned"]["within_days"]}
        days = {a["happened_at"].astimezone(UTC).date() for a in activities(said, "any", lead, now)}
        return len(days) >= node["returned"]["on_days"]
    if "last" in node or "first" in node:
        verb, pick = ("last", max) if "last" in node else ("first", min)
        when = [a["happened_at"] for a in activities(node, verb, lead, now)]
        return bool(when) and pick(when) < now - timedelta(days=node["more_than_days_ago"])
    if "stage" in node:
        return _stage(node, lead, now)
    return _touch(node, lead)


def activities(node, verb, lead, now):
    kind = node[verb]
    found = [a for a in lead["activities"] if a["actor_class"] == "human"]
    found = [a for a in found if (a["kind"] != "note" if kind == "any" else a["kind"] == kind)]
    if "days" in node:
        since = now - timedelta(days=node["days"])
        found = [a for a in found if a["happened_at"] >= since]
    return [a for a in found if all(_clause(c, a, now) for c in node.get("where", []))]


def _clause(clause, activity, now):
    value = clause.get("value")
    sample = value[0] if isinstance(value, list) else value
    kind = "text"
    if isinstance(sample, bool):
        kind = "boolean"
    elif isinstance(sample, int | float):
        kind = "number"
    raw = activity["properties"].get(clause["property"])
    if clause["property"] == "subject" and kind == "text":
        raw = activity["subject"]
    if kind == "text" and isinstance(raw, bool | int | float):
        raw = str(raw).lower()
    return _compare(clause["op"], value, kind, _typed(raw, kind), now)


def _stage(node, lead, now):
    stages = node["in"]
    moves = [e for e in lead["events"] if e["name"] != "undo" and not e["undone"]]
    if node["stage"] == "is_in":
        return lead["stage"] in stages
    if node["stage"] == "was_in":
        return lead["stage"] in stages or any(
            e["target"] in stages or e["source"] in stages for e in moves
        )
    since = now - timedelta(days=node["days"])
    return any(
        e["target"] in stages and e["source"] != e["target"] and e["happened_at"] >= since
        for e in moves
    )


def _touch(node, lead):
    def met(touch, name, value):
        if name == "campaign":
            return touch["campaign_id"] == value
        text, value = touch[name].lower(), value.lower()
        return value in text if node.get("op") == "contains" else value == text

    return any(all(met(t, n, v) for n, v in node["touch"].items()) for t in lead["touches"])


def _read(key, lead, kind):
    subject, _, name = key.partition(".")
    if key == "lead.created_at":
        return lead["created_at"].astimezone(UTC).date().isoformat()
    if subject in ("bant", "discovery", "consent"):
        return _typed(lead["answers"].get(key), kind)
    if subject == "attr":
        return _typed(lead["values"].get(name), kind)
    if subject == "company":
        return _typed((lead["company"] or {}).get(name), kind)
    return _typed(lead[f"{name}_id" if kind in ("campaign", "company") else name], kind)


def _typed(raw, kind):
    """The value as its kind, None when it is empty or of another."""
    if kind == "boolean":
        return raw if isinstance(raw, bool) else None
    if kind in ("number", "campaign", "company"):
        number = isinstance(raw, int | float | Decimal) and not isinstance(raw, bool)
        return Decimal(str(raw)) if number else None
    if not isinstance(raw, str) or raw == "":
        return None
    if kind == "date" and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
        return None
    return raw if kind == "date" else raw.lower()


def _compare(op, value, kind, actual, now):
    if op in NOT:
        return not _compare(NOT[op], value, kind, actual, now)
    if actual is None or op == "not_empty":
        return actual is not None
    if op == "within_days":
        today = now.astimezone(UTC).date()
        return str(today - timedelta(days=value)) <= actual <= str(today)
    many = isinstance(value, list)
    wanted = [_typed(v, kind) for v in value] if many else _typed(value, kind)
    return {
        "is": lambda: actual == wanted,
        "in": lambda: actual in wanted,
        "contains": lambda: wanted in actual,
        "starts_with": lambda: actual.startswith(wanted),
        "lt": lambda: actual < wanted,
        "lte": lambda: actual <= wanted,
        "gte": lambda: actual >= wanted,
        "gt": lambda: actual > wanted,
        "before": lambda: actual < wanted,
        "after": lambda: actual > wanted,
        "between": lambda: wanted[0] <= actual <= wanted[1],
    }[op]()
