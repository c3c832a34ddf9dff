"""What conditions speak of: fields, the operators that fit each kind, activities and touches.

The schema, the compilers and the form builder all read these tables.
"""

from dataclasses import dataclass

from leads.models import Activity, Attribute, Campaign, Company

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


@dataclass(frozen=True)
class Field:
    """`key` is how conditions name it; `barred` says why no new condition may read it."""

    key: str
    label: str
    kind: str
    barred: str = ""

    @property
    def subject(self) -> str:
        """lead, company or attr."""
        return self.key.partition(".")[0]

    @property
    def column(self) -> str:
        """The column of lead or company, or the code of the attribute."""
        name = self.key.partition(".")[2]
        return f"{name}_id" if self.kind in ("campaign", "company") else name

    @property
    def operators(self) -> dict[str, Operator]:
        return operators(self.kind)

    @property
    def choices(self) -> list[tuple]:
        """(value, label) pairs; those of campaigns are read from the database."""
        if self.kind == "choice":
            return list(Company.Relationship.choices)
        if self.kind == "campaign":
            return campaigns()
        return []


_BUILT_IN = [
    Field("lead.email", "email", "text"),
    Field("lead.first_name", "first name", "text"),
    Field("lead.last_name", "last name", "text"),
    Field("lead.phone", "phone", "text"),
    Field("lead.job_title", "job title", "text"),
    Field("lead.city", "city", "text"),
    Field("lead.country", "country", "text"),
    Field("lead.interest", "interest", "text"),
    Field("lead.source", "source", "text"),
    Field("lead.campaign", "campaign", "campaign"),
    Field("lead.consent_basis", "consent basis", "text"),
    Field("lead.do_not_contact", "do not contact", "boolean"),
    Field("lead.on_target_list", "on the target list", "boolean"),
    Field("lead.external_id", "external id", "text"),
    Field("lead.company", "company", "company"),
    Field("company.name", "company name", "text"),
    Field("company.domain", "company domain", "text"),
    Field("company.industry", "company industry", "text"),
    Field("company.employees", "company employees", "number"),
    Field("company.revenue", "company revenue", "number"),
    Field("company.country", "company country", "text"),
    Field("company.city", "company city", "text"),
    Field("company.relationship", "company relationship", "choice"),
]
_BY_KEY = {field.key: field for field in _BUILT_IN}


def fields(attributes=None) -> list[Field]:
    """What a new condition may read, in the order of a form. `attributes`: Attribute rows, when
    the caller has them already."""
    if attributes is None:
        attributes = Attribute.objects.order_by("label", "code")
    custom = [_custom(attribute) for attribute in attributes]
    return _BUILT_IN + [field for field in custom if not field.barred]


def find(key, attributes=None) -> Field | None:
    """The field of this key, barred or not; None when there is none."""
    if not key.startswith("attr."):
        return _BY_KEY.get(key)
    code = key.removeprefix("attr.")
    if attributes is None:
        attributes = Attribute.objects.filter(code=code)
    return next((_custom(a) for a in attributes if a.code == code), None)


def operators(kind) -> dict[str, Operator]:
    return {name: operator for name, operator in OPERATORS.items() if kind in operator.kinds}


def property_kind(op, value) -> str:
    """Properties of activities have no declared kind: operator and value tell it."""
    kinds = [kind for kind in ("text", "number", "boolean") if kind in OPERATORS[op].kinds]
    sample = value[0] if isinstance(value, list) and value else value
    told = "boolean" if isinstance(sample, bool) else _told(sample)
    return told if told in kinds else kinds[0]


def campaigns() -> list[tuple]:
    return list(Campaign.objects.order_by("name").values_list("pk", "name"))


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


def _custom(attribute):
    barred = ""
    if attribute.archived_at:
        barred = f"“{attribute.label}” is archived"
    elif attribute.known_since == Attribute.Known.AFTER:
        barred = f"“{attribute.label}” is known after the outcome and barred from rules"
    return Field(f"attr.{attribute.code}", attribute.label, attribute.kind, barred)


def _told(sample):
    return "number" if isinstance(sample, int | float) else "text"
