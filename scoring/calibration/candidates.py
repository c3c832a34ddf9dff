"""Which statements may become rules: those of a model, and others that the data could bear.

All are conditions of the one language, so what is measured is exactly what a draft would say.
"""

import json
from collections import Counter
from dataclasses import dataclass
from itertools import product

import numpy as np
from django.core.exceptions import ValidationError
from django.db.models import F

from leads.conditions import fields, validate, words
from leads.conditions.fields import find
from leads.models import Activity, Lead
from leads.querysets import AnyOf
from leads.refusals import Missing
from scoring.models import Rule

VALUES = 20  # of one field, the most frequent
STEPS = 20  # of one number, at quantiles
TIMES, DAYS = (1, 2, 3, 5), (None, 30)


@dataclass
class Candidate:
    """`about`: the key of what it reads, "" for a rule of the model (`rule`) that reads more."""

    condition: dict
    about: str
    kind: str
    words: str
    rule: Rule | None = None

    @property
    def reads(self):
        """The keys of its fields, and "did:KIND" of its activities; "any" is none."""
        return set(_keys(self.condition))

    def as_rule(self):
        """Unsaved, one point for each match, so that its points count what it finds."""
        same = {"kind": self.kind, "condition": self.condition, "points": 1}
        if self.rule is None:
            return Rule(**same, cap=1)
        rule = self.rule
        cap = rule.cap / abs(rule.points) if rule.cap is not None and rule.points else None
        return Rule(**same, cap=cap, decay=rule.decay, decay_days=rule.decay_days)


@dataclass(frozen=True)
class Readable:
    """What candidates may read. `keys`: of the fields, and "did:KIND" of the activities."""

    fields: list
    activities: list[str]

    @property
    def keys(self):
        return {one.key for one in self.fields} | {f"did:{kind}" for kind in self.activities}


def readable(attributes, only=(), without=(), *, never=frozenset()):
    """All, or only some, but `never` these, whatever they are. Raises Missing for a key of `only`
    or `without` that is none, or is barred from rules."""
    kinds = [kind for kind in Activity.Kind.values if kind != Activity.Kind.NOTE]
    for key in only:
        found = find(key, attributes)
        if found and found.barred:
            raise Missing(f"“{found.label}” is {found.barred}.")
    for key in [*only, *without]:
        is_activity = key.removeprefix("did:") in kinds and key.startswith("did:")
        if not is_activity and find(key, attributes) is None:
            raise Missing(f"“{key}” is not a field, nor “did:” with a kind of activity.")

    def asked(key):
        return key not in {*without, *never} and (not only or key in only)

    return Readable(
        # What other apps record beside a lead is found out by working it: it tells the outcome.
        [one for one in fields(attributes) if asked(one.key) and not one.rows],
        [kind for kind in kinds if asked(f"did:{kind}")],
    )


def of_model(rulebook):
    """The rules of a model as they are."""
    for rule in rulebook.rules:
        said = rule.name or words(rule.condition, rulebook.attributes)
        yield Candidate(rule.condition, rule.condition.get("field", ""), rule.kind, said, rule)


# Who somebody is makes no rule, and no name stays in a report: only whether it is known.
PERSONAL = {f"lead.{name}" for name in ("email", "external_id", "first_name", "last_name", "phone")}


def of_fields(readable_fields, lead_ids, attributes, engagement=()):
    """Values, steps of numbers and emptiness, as the leads have them at present.

    `engagement`: keys of fields whose rules the model calls engagement; others tell of fit.
    """
    known = _values(readable_fields, lead_ids)
    for field in readable_fields:
        kind = "engagement" if field.key in engagement else "fit"
        for said in _statements(field, known[field.key]):
            condition = {"field": field.key, **said}
            try:
                validate(condition, attributes)
            except ValidationError:
                continue  # a value that no condition can hold
            yield Candidate(condition, field.key, kind, words(condition, attributes))


def of_activities(kinds, lead_ids):
    """Did KIND at least n times, ever or lately, for each of these kinds that occurs."""
    kinds = Activity.objects.filter(lead_id__in=lead_ids, kind__in=kinds)
    for kind in sorted(kinds.order_by().values_list("kind", flat=True).distinct()):
        for times, days in product(TIMES, DAYS):
            condition = {"did": kind, "times": times} | ({"days": days} if days else {})
            yield Candidate(condition, f"did:{kind}", "engagement", words(condition))


def without_doubles(candidates):
    """The rules of the model, and the first of the others that say the same as none of those:
    one condition may be asked by two rules, such as one whose points fade and one whose stay."""
    known, kept = set(), []
    for one in candidates:
        # Text is compared without regard to letter case.
        said = json.dumps(one.condition, sort_keys=True).lower()
        if one.rule or said not in known:
            kept.append(one)
        known.add(said)
    return kept


def read_by(rules, kind):
    """The keys that rules of this kind read."""
    return {key for rule in rules if rule.kind == kind for key in _keys(rule.condition)}


def _keys(node):
    if isinstance(node, list):
        return {key for one in node for key in _keys(one)}
    if not isinstance(node, dict):
        return set()
    own = {node["field"]} if "field" in node else set()
    own |= {f"did:{node[verb]}" for verb in _OF_ACTIVITY if node.get(verb) in Activity.Kind.values}
    return own | {key for one in node.values() for key in _keys(one)}


def _values(readable_fields, lead_ids):
    """{key: the values that are not empty}, read in one pass."""
    paths = {one.key: _path(one) for one in readable_fields}
    columns = sorted(set(paths.values()) - {"attributes__values"})
    known: dict[str, list] = {key: [] for key in paths}
    leads = Lead.objects.filter(AnyOf(F("pk"), lead_ids)).order_by()
    for row in leads.values("attributes__values", *columns).iterator():
        own = row["attributes__values"] or {}
        for field in readable_fields:
            path = paths[field.key]
            value = own.get(field.column) if field.subject == "attr" else row[path]
            if value not in (None, ""):
                known[field.key].append(value)
    return known


def _path(field):
    return {"attr": "attributes__values", "company": f"company__{field.column}"}.get(
        field.subject, field.column
    )


def _statements(field, values):
    yield {"op": "empty"}
    if field.key in PERSONAL:
        return
    if field.kind == "boolean":
        yield {"op": "is", "value": True}
    elif field.kind == "number":
        yield from ({"op": "gte", "value": step} for step in _steps(values))
    elif field.kind in ("text", "choice"):
        spelled = Counter(str(value) for value in values)
        folded: dict[str, str] = {}
        for value, _ in spelled.most_common():
            folded.setdefault(value.lower(), value)
        often = Counter(str(value).lower() for value in values).most_common(VALUES)
        yield from ({"op": "is", "value": folded[value]} for value, n in often if n > 1)
    elif field.kind == "campaign":
        often = Counter(values).most_common(VALUES)
        yield from ({"op": "is", "value": value} for value, n in often if n > 1)


def _steps(values):
    """Round numbers near the quantiles: "at least 460" reads better than "at least 464.9"."""
    if not values:
        return []
    numbers = np.array([float(value) for value in values])
    distinct = np.unique(numbers)
    places = distinct[1:] if len(distinct) <= STEPS else np.quantile(
        numbers, np.linspace(0, 1, STEPS + 1)[1:-1]
    )  # fmt: skip
    rounded = {float(f"{place:.2g}") for place in places}
    return [int(step) if step.is_integer() else step for step in sorted(rounded)]


_OF_ACTIVITY = ("did", "did_not", "first", "last")
