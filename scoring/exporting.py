"""A model as JSON: the same shape as that of a starter, and what scoring/importing.py reads."""

from leads.conditions.fields import find

FORMAT = 1


def as_json(rulebook):
    """All that makes the points, and the custom attributes that its conditions read."""
    model, groups = rulebook.model, {group.pk: group.name for group in rulebook.groups}
    return {
        "format": FORMAT,
        "name": model.name,
        "fit_bands": [_number(model.fit_a), _number(model.fit_b), _number(model.fit_c)],
        "engagement_bands": [
            _number(model.engagement_1),
            _number(model.engagement_2),
            _number(model.engagement_3),
        ],
        "fit_cap": _number(model.fit_cap),
        "engagement_cap": _number(model.engagement_cap),
        "attributes": _attributes(rulebook),
        "groups": [
            {"kind": group.kind, "name": group.name, "cap": _number(group.cap)}
            for group in rulebook.groups
        ],
        "rules": [_rule(rule, groups) for rule in rulebook.rules],
    }


def fields_read(condition):
    """The keys of all fields that it reads; it need not be valid, however deep it is."""
    keys, rest = set(), [condition]
    while rest:
        node = rest.pop()
        if isinstance(node, list):
            rest += node
        elif isinstance(node, dict):
            keys |= {node["field"]} if isinstance(node.get("field"), str) else set()
            rest += node.values()
    return keys


def _rule(rule, groups):
    """Empty values are left out, so that the file reads well."""
    said = {
        "kind": rule.kind,
        "name": rule.name,
        "points": _number(rule.points),
        "cap": _number(rule.cap),
        "decay": rule.decay if rule.fades else None,
        "decay_days": rule.decay_days,
        "group": groups.get(rule.group_id),
    }
    said = {name: value for name, value in said.items() if value not in (None, "")}
    return said | {"condition": rule.condition}


def _attributes(rulebook):
    keys = {key for rule in rulebook.rules for key in fields_read(rule.condition)}
    own = sorted(key for key in keys if key.startswith("attr."))
    found = [field for key in own if (field := find(key, rulebook.attributes))]
    return [{"code": one.column, "label": one.label, "kind": one.kind} for one in found]


def _number(points):
    """Two decimals are exact in a JSON number of this size."""
    if points is None:
        return None
    return int(points) if points == int(points) else float(points)
