"""What conditions say: the statements, the operators that fit each kind of value, activities.

The schema and the compilers all read these tables; the fields stand in fields.py.
"""

from dataclasses import dataclass

from leads.models import Activity

GROUPS = ("all", "any", "none")
STAGES = ("is_in", "was_in", "entered")
TOUCHES = ("source", "medium", "campaign", "term", "content", "landing_page")
ANY_ACTIVITY = "any"  # all but notes, which nobody did


@dataclass(frozen=True)
class Operator:
    words: str
    takes: str  # nothing, one, many, pair, days
    kinds: tuple[str, ...]


_ALL = ("text", "choice", "number", "boolean", "date", "campaign", "company")
_VALUES = ("text", "choice", "number", "boolean", "date", "campaign")
_LISTED = ("text", "choice", "number", "date", "campaign")

OPERATORS = {
    "is": Operator("is", "one", _VALUES),
    "is_not": Operator("is not", "one", _VALUES),
    "in": Operator("is one of", "many", _LISTED),
    "not_in": Operator("is none of", "many", _LISTED),
    "contains": Operator("contains", "one", ("text",)),
    "starts_with": Operator("starts with", "one", ("text",)),
    "lt": Operator("is less than", "one", ("number",)),
    "lte": Operator("is at most", "one", ("number",)),
    "gte": Operator("is at least", "one", ("number",)),
    "gt": Operator("is more than", "one", ("number",)),
    "before": Operator("is before", "one", ("date",)),
    "after": Operator("is after", "one", ("date",)),
    "between": Operator("is between", "pair", ("number", "date")),
    "within_days": Operator("is within the last", "days", ("date",)),
    "empty": Operator("is empty", "nothing", _ALL),
    "not_empty": Operator("is not empty", "nothing", _ALL),
}


def operators(kind) -> dict[str, Operator]:
    return {name: operator for name, operator in OPERATORS.items() if kind in operator.kinds}


def property_kind(op, value) -> str:
    """Properties of activities have no declared kind: operator and value tell it."""
    kinds = [kind for kind in ("text", "number", "boolean") if kind in OPERATORS[op].kinds]
    sample = value[0] if isinstance(value, list) and value else value
    told = "boolean" if isinstance(sample, bool) else _told(sample)
    return told if told in kinds else kinds[0]


def activity_kinds() -> list[tuple[str, str]]:
    return [(ANY_ACTIVITY, "Did anything"), *Activity.Kind.choices]


def verb(node) -> str:
    """Which statement a valid node makes: the key that names it."""
    return next(name for name in VERBS if name in node)


# The statements: {verb: (other keys it needs, keys it may have)}. As JSON:
#   {"all": [condition, …]}
#   {"field": "lead.country", "op": "is", "value": "DE"}
#   {"did": "page_view", "where": [{"property": "subject", "op": "is", "value": "/pricing"}],
#    "times": 2, "days": 30}
#   {"returned": {"on_days": 3, "within_days": 30}}
#   {"last": "any", "more_than_days_ago": 60}
#   {"stage": "entered", "in": ["mql"], "days": 7}
#   {"touch": {"source": "google", "medium": "cpc"}, "op": "contains"}
VERBS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **dict.fromkeys(GROUPS, ((), ())),
    "field": (("op",), ("value",)),
    "did": ((), ("where", "times", "days")),
    "did_not": ((), ("where", "days")),
    "returned": ((), ()),
    "last": (("more_than_days_ago",), ("where",)),
    "first": (("more_than_days_ago",), ("where",)),
    "stage": (("in",), ("days",)),
    "touch": ((), ("op",)),
}


def _told(sample):
    return "number" if isinstance(sample, int | float) else "text"
