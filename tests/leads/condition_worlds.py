"""Random conditions and random histories of leads, for hypothesis.

A history is where leads and companies begin, and a list of steps (hour, name, arguments …).
"""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from leads.conditions.fields import fields
from leads.conditions.vocabulary import OPERATORS, STAGES, operators
from leads.models import Attribute

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = 240
ATTRIBUTES = [
    Attribute(code="tier", label="Tier", kind="text"),
    Attribute(code="2024", label="Visits in 2024", kind="number"),
    Attribute(code="a__b", label="Newsletter", kind="boolean"),
    Attribute(code="contract-end", label="Contract end", kind="date"),
]
FIELDS = fields(ATTRIBUTES)
KINDS = {field.key: field.kind for field in FIELDS}
LEAD_STAGES = ["unqualified", "mql", "nurture", "disqualified", "lost", "customer"]
UNIQUE = {"email", "external_id", "domain"}  # "" or the row's own

TEXTS = ["DE", "de", "Ä%", "ä", "50%_\\", "o'Neil", "u1", "U2", '"']
DATES = ["2026-03-02", "2026-03-05", "2026-03-09", "2025-02-28"]
ODD = [None, "", 0, 5, True, False, "5", "abc", [5], {"a": 1}, "2026-02-30", "2026-03-05T10:00"]
STORED = {
    "text": st.sampled_from(["", *TEXTS]),
    "number": st.sampled_from([None, 0, 5, 50]),
    "boolean": st.booleans(),
    "campaign": st.sampled_from([None, 1, 2]),
    "company": st.sampled_from([None, 1, 2]),
}
ASKED = {
    "text": st.sampled_from(TEXTS),
    "number": st.sampled_from([0, 5, 2.5, -1, 50, 10**15]),
    "boolean": st.booleans(),
    "date": st.sampled_from(DATES),
    "campaign": st.sampled_from([1, 2, 3]),
}
DAYS = st.integers(1, 6)
PROPERTIES = ["subject", "time", "2024"]
HELD = st.dictionaries(
    st.sampled_from(PROPERTIES), st.sampled_from([*TEXTS, *ODD, 2.5]), max_size=2
)


def either(strategies):
    """One of them, each as often; one_of() would flatten what is nested."""
    return st.sampled_from(list(strategies)).flatmap(lambda strategy: strategy)


def _operands(kind, op, options=()):
    takes = OPERATORS[op].takes
    if takes == "nothing":
        return st.fixed_dictionaries({"op": st.just(op)})
    asked = _one_of(options) if options else ASKED.get(kind)
    value = {
        "one": lambda: asked,
        "many": lambda: st.lists(asked, min_size=1, max_size=3),
        "pair": lambda: st.lists(asked, min_size=2, max_size=2).map(sorted),
        "days": lambda: DAYS,
    }[takes]()
    return st.fixed_dictionaries({"op": st.just(op), "value": value})


def _one_of(options):
    return st.sampled_from([value for value, _ in options])


def _asked_of(field):
    operands = either(_operands(field.kind, op, field.options) for op in field.operators)
    return operands.map(lambda said: {"field": field.key, **said})


_clauses = st.tuples(
    st.sampled_from(PROPERTIES),
    either(_operands(kind, op) for kind in ("text", "number", "boolean") for op in operators(kind)),
).map(lambda said: {"property": said[0], **said[1]})
_kinds = st.sampled_from(["any", "page_view", "page_view", "form", "note"])
_where = {"where": st.lists(_clauses, min_size=1, max_size=2)}
_stages = st.lists(st.sampled_from(LEAD_STAGES), min_size=1, max_size=3)
_touches = st.fixed_dictionaries({}, optional={"source": ASKED["text"], "medium": ASKED["text"]})
_some_touches = _touches.filter(bool)

_of_fields = {field.key: _asked_of(field) for field in FIELDS}
_days = {"days": DAYS}
counting = st.fixed_dictionaries(
    {"did": _kinds}, optional={**_where, **_days, "times": st.integers(1, 3)}
)
leaves = either(
    [
        either(_of_fields.values()),
        counting,
        st.fixed_dictionaries({"did_not": _kinds}, optional={**_where, **_days}),
        st.fixed_dictionaries({"last": _kinds, "more_than_days_ago": DAYS}, optional=_where),
        st.fixed_dictionaries({"first": _kinds, "more_than_days_ago": DAYS}, optional=_where),
        st.fixed_dictionaries({"on_days": st.integers(1, 3), "within_days": DAYS}).map(
            lambda said: {"returned": said}
        ),
        st.fixed_dictionaries({"stage": st.sampled_from(STAGES[:2]), "in": _stages}),
        st.fixed_dictionaries({"stage": st.just("entered"), "in": _stages, **_days}),
        st.fixed_dictionaries(
            {"touch": _some_touches}, optional={"op": st.sampled_from(["is", "contains"])}
        ),
        st.fixed_dictionaries({"touch": st.fixed_dictionaries({"campaign": ASKED["campaign"]})}),
    ]
)
conditions = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda group, children: {group: children},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


# Histories: two companies and two leads, with ids that the other tables have, too. Each dwells on
# a few fields, so that they change often and the conditions ask of them.

_PKS = [1, 2]
_hours = st.integers(0, HOURS // 12).map(lambda n: n * 12)  # often equal, often N days apart
_pks = st.sampled_from(_PKS)
_classes = st.sampled_from(["human", "human", "suspected", "bot"])
_ATTRIBUTE_VALUES = {
    "tier": st.sampled_from(["", *TEXTS]),
    "2024": st.sampled_from([0, 5, 50, 2.5]),
    "a__b": st.booleans(),
    "contract-end": st.sampled_from(DATES),
}
_DEFAULTS = {"number": None, "boolean": False, "choice": "prospect", "campaign": None}
_OTHER_STEPS = {
    "act": (
        _pks,
        st.sampled_from(["page_view", "page_view", "form", "note"]),
        st.sampled_from(["", *TEXTS]),
        HELD,
        st.sampled_from([0, 0, 12, 24, 100]),  # hours until it was recorded
        _classes,
    ),
    "reclassify": (st.integers(0, 3), _classes),
    "move": (_pks, st.sampled_from(LEAD_STAGES)),
    "undo": (_pks,),
    "touch": (_pks, STORED["text"], STORED["text"], STORED["campaign"]),
}


def _step(name, *arguments):
    return st.tuples(_hours, st.just(name), *arguments)


def _edit(field):
    if field.key == "lead.created_at":
        return _step("undo", _pks)  # nothing changes that
    if field.rows:
        return _step("answer", _pks, st.just(field.key), _stored(field, 0))
    return _pks.flatmap(
        lambda pk: _step(field.subject, st.just(pk), st.just(field.column), _stored(field, pk))
    )


def _stored(field, pk):
    if field.column in UNIQUE:
        return st.sampled_from(["", f"u{pk}"])
    if field.subject == "attr":
        return _ATTRIBUTE_VALUES[field.column]
    return _one_of(field.options) if field.options else STORED[field.kind]


def _beginning(draw, subject, pk, focus):
    """The facts of one row: of each field in focus any value, of the others the empty one."""
    facts = {
        field.column: draw(_stored(field, pk)) if field in focus else _DEFAULTS.get(field.kind, "")
        for field in FIELDS
        if field.subject == subject and field.key != "lead.created_at"
    }
    return facts | ({"company_id": draw(STORED["company"])} if subject == "lead" else {})


@st.composite
def histories(draw):
    """{"focus": fields, "companies", "leads", "values": how each begins, "steps": in time}"""
    focus = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True))
    edits = [_edit(field) for field in focus]
    others = [_step(name, *arguments) for name, arguments in _OTHER_STEPS.items()]
    moves = _step("lead", _pks, st.just("company_id"), STORED["company"])
    deletes = _step("delete_company", st.just(2))
    steps = either([either(edits)] * 4 + [moves, either([moves, moves, deletes])] + others * 2)
    coded = {f.column: _stored(f, 0) for f in focus if f.subject == "attr"}
    return {
        "focus": focus,
        "companies": [_beginning(draw, "company", pk, focus) for pk in _PKS],
        "leads": [_beginning(draw, "lead", pk, focus) for pk in _PKS],
        "values": [draw(st.fixed_dictionaries({}, optional=coded)) for _ in _PKS],
        "steps": sorted(draw(st.lists(steps, min_size=12, max_size=30)), key=lambda step: step[0]),
    }


def conditions_about(history):
    return either([conditions, leaves, either(_of_fields[f.key] for f in history["focus"])])


def moments_in(history):
    """Moments of the history: those of its steps, where "by then" is decided, above all."""
    hours = either([st.sampled_from([step[0] for step in history["steps"]]), _hours])
    return hours.map(lambda passed: START + timedelta(hours=passed))
