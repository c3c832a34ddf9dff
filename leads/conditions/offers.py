"""What the rows of a builder offer to choose from, read from the database once for a page."""

from functools import cached_property
from itertools import groupby

from leads.conditions.fields import campaigns, fields, find
from leads.conditions.vocabulary import OPERATORS, activity_kinds, operators
from leads.lifecycle import Stage
from leads.models import Attribute, Lead

NOTHING = [("", "–")]
GROUP_LABELS = {"lead": "Lead", "company": "Company", "attr": "Own fields"}
VERBS = [
    ("Activity", [
        ("did", "Did"),
        ("did_not", "Did not"),
        ("last", "Last did"),
        ("first", "First did"),
        ("returned", "Returned on different days"),
    ]),
    ("Way", [("stage", "Stage"), ("touch", "Came by")]),
]  # fmt: skip
STAGE_KINDS = [("is_in", "is in"), ("was_in", "was in"), ("entered", "entered")]
YES_OR_NO = [("yes", "yes"), ("no", "no")]
TOUCH_OPS = [("is", "is"), ("contains", "contains")]
STAGES = list(Stage.choices)


def operators_of(kind):
    return [(name, one.words) for name, one in operators(kind).items()]


# A property of an activity has no declared kind, so the operator says which is meant.
PROPERTY_OPS = [
    (label, [(f"{kind}:{name}", words) for name, words in operators_of(kind) if kind == "text"
             or name not in ("empty", "not_empty")])
    for label, kind in (("Text", "text"), ("Number", "number"), ("Yes or no", "boolean"))
]  # fmt: skip


def takes(op):
    return OPERATORS[op].takes if op in OPERATORS else ""


class Offers:
    """Built for each form class: what there is to choose may be other for the next request."""

    @cached_property
    def attributes(self):
        return list(Attribute.objects.order_by("label", "code"))

    @cached_property
    def campaigns(self):
        return [(str(pk), name) for pk, name in campaigns()]

    @cached_property
    def sources(self):
        return Lead.objects.sources()

    @cached_property
    def kinds(self):
        return [("any", "anything"), *activity_kinds()[1:]]

    @cached_property
    def subjects(self):
        known = groupby(fields(self.attributes), key=lambda field: field.subject)
        groups: dict[str, list] = {}
        for subject, found in known:
            label = GROUP_LABELS.get(subject, "What sales found out")
            groups.setdefault(label, []).extend(
                (field.key, field.label[:1].upper() + field.label[1:]) for field in found
            )
        return [*NOTHING, *groups.items(), *VERBS]

    def field(self, key):
        return find(key, self.attributes)
