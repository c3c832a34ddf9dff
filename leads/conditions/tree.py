"""The builder's groups and rows: read from a condition or from what was posted, and made into one.

Inputs are named NAME.PATH.INPUT; a path is "0" for the whole, "0-2" for its third part, and so on.
"""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from leads.conditions.rows import CLAUSE, INPUTS, is_blank, to_node, to_row
from leads.conditions.schema import MAX_DEPTH, validate
from leads.conditions.vocabulary import GROUPS, TOUCHES

_PLACE = re.compile(rf"0(?:-\d{{1,3}}){{0,{MAX_DEPTH + 2}}}")
_CLAUSES = re.compile(r"w(\d{1,3})\.(\w+)")
_SEVERAL = {"value"}  # inputs that may come several times


@dataclass
class Row:
    typed: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)  # input: ValidationErrors
    wants_focus: bool = False


@dataclass
class Group:
    match: str = "all"
    children: list["Row | Group"] = field(default_factory=lambda: [Row()])
    wants_focus: bool = False


def from_condition(condition, attributes):
    """The tree of a valid condition. A group of one part stands inside the whole, because the
    whole with one row is that row itself (see to_condition)."""
    if condition is None:
        return Group()
    name = _group_of(condition)
    if name and (len(condition[name]) > 1 or name == "none"):
        return _grown(condition, attributes)
    return Group("all", [_grown(condition, attributes)])


def to_condition(root, attributes):
    """The condition, None when nothing was typed. Puts the problems at their rows; raises a
    ValidationError when there are any: "rows", or those of the whole."""
    nodes = [node for child in root.children if (node := _node(child, attributes))]
    if wrong := [place for place, row in rows(root) if row.errors]:
        raise ValidationError(
            "Not right yet: row %(numbers)s.", "rows", params={"numbers": ", ".join(wrong)}
        )
    if not nodes:
        return None
    # One row stands for itself, so that a rule on activities counts each of them.
    condition = nodes[0] if len(nodes) == 1 and root.match != "none" else {root.match: nodes}
    validate(condition, attributes)
    return condition


def rows(group, place=""):
    """("2.1", row) for each row, in the order of the page."""
    for number, child in enumerate(group.children, 1):
        if isinstance(child, Group):
            yield from rows(child, f"{place}{number}.")
        else:
            yield f"{place}{number}", child


def from_posted(data, name):
    """The tree that was posted under this name; what no page of ours would post is left out."""
    found: dict[tuple, dict] = {}
    for key in data:
        owner, _, rest = key.partition(".")
        place, _, part = rest.partition(".")
        if owner == name and part and _PLACE.fullmatch(place):
            steps = tuple(int(step) for step in place.split("-"))
            found.setdefault(steps, {})[part] = _posted(data, key, part)
    return _gathered(found, (0,)) if "match" in found.get((0,), {}) else Group()


def change(root, action):
    """Do what a button says: "row 0-1", "group 0", "remove 0-1-2", "clause 0-1", "drop 0-1 2".
    Anything else changes nothing."""
    verb, _, rest = action.partition(" ")
    place, _, number = rest.partition(" ")
    if not _PLACE.fullmatch(place):
        return
    steps = [int(step) for step in place.split("-")][1:]
    parent, target = None, root
    for step in steps:
        if not isinstance(target, Group) or step >= len(target.children):
            return
        parent, target = target, target.children[step]
    if isinstance(target, Group) and verb in ("row", "group"):
        new = Row(wants_focus=True)
        target.children.append(new if verb == "row" else Group("any", [new, Row()]))
    elif verb == "remove" and parent:
        parent.children.remove(target)
        left = parent.children[: steps[-1]]
        (left[-1] if left else parent).wants_focus = True
    elif isinstance(target, Row) and verb == "clause":
        target.typed.setdefault("where", []).append({})
        target.wants_focus = True
    elif isinstance(target, Row) and verb == "drop" and number.isdecimal() and len(number) < 4:
        target.typed["where"] = [
            one for n, one in enumerate(target.typed.get("where", [])) if n != int(number)
        ]
        target.wants_focus = True


def _group_of(node):
    return next((name for name in GROUPS if name in node), None)


def _grown(node, attributes):
    name = _group_of(node)
    if name is None:
        return Row(to_row(node, attributes))
    return Group(name, [_grown(child, attributes) for child in node[name]])


def _node(part, attributes):
    """The statement of a part, None for a blank one and for one with an error."""
    if isinstance(part, Group):
        nodes = [node for child in part.children if (node := _node(child, attributes))]
        return {part.match: nodes} if nodes else None
    if is_blank(part.typed):
        return None
    try:
        return to_node(part.typed, attributes)
    except ValidationError as error:
        part.errors = error.error_dict
        return None


def _posted(data, key, part):
    if part in _SEVERAL and hasattr(data, "getlist"):
        return "\n".join(data.getlist(key))
    return str(data[key])


def _gathered(found, steps):
    parts = found[steps]
    if "match" not in parts:
        return Row(_typed(parts))
    below = sorted(one for one in found if one[:-1] == steps)
    match = parts["match"] if parts["match"] in GROUPS else "all"
    return Group(match, [_gathered(found, one) for one in below])


def _typed(parts):
    names = {*INPUTS, *TOUCHES}
    typed = {name: parts[name].replace("\r", "").strip() for name in parts if name in names}
    clauses: dict[int, dict] = {}
    for name, text in parts.items():
        said = _CLAUSES.fullmatch(name)
        if said and said[2] in CLAUSE:
            clauses.setdefault(int(said[1]), {})[said[2]] = text.replace("\r", "").strip()
    if clauses:
        typed["where"] = [clauses[number] for number in sorted(clauses)]
    return typed
