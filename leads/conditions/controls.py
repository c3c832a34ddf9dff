"""The inputs of one row as HTML: those that fit what the row is about, and no others."""

from dataclasses import dataclass, field
from functools import cached_property

from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from leads.conditions import offers
from leads.conditions.vocabulary import TOUCHES

LINES = {"rows": 2, "cols": 20, "placeholder": "one a line"}
COUNT = {"type": "number", "min": 1, "class": "condition-count"}
# A choice on which other inputs depend brings the whole builder anew, a value only its words.
_RESHAPE = {
    "hx-target": "closest .condition",
    "hx-swap": "outerHTML",
    "hx-sync": "closest .condition:replace",
}
_SAY = {
    "hx-target": "next .condition-said",
    "hx-select": ".condition-said",
    "hx-swap": "outerHTML",
    "hx-sync": "closest .condition:drop",
}
_TYPES = {"number": {"inputmode": "decimal"}, "date": {"type": "date"}}


@dataclass
class Control:
    input: str
    label: str
    html: SafeString
    before: str = ""
    after: str = ""
    errors: list[str] = field(default_factory=list)
    id: str = ""


class RowControls:
    """`lines` of controls: what the row is about, then a line for each property of an activity."""

    def __init__(self, row, prefix, offered, *, tells_missing):
        self.typed, self.prefix, self.offered, self.row = row.typed, prefix, offered, row
        self.errors = {
            name: [text for one in errors if tells_missing or one.code != "missing"
                   for text in one.messages]
            for name, errors in row.errors.items()
        }  # fmt: skip
        self.marks = tells_missing

    @cached_property
    def lines(self):
        """[(number of the clause or None, controls)]"""
        subject = self.typed.get("subject", "")
        make = _SHAPES.get(subject, RowControls._fact) if subject else RowControls._nothing
        first, *further = make(self)
        lines = [(None, [self._subject(subject), *first]), *further]
        # What is wrong with an input that this row does not show is said at its beginning.
        shown = {control.input for _, controls in lines for control in controls}
        for name in self.errors.keys() - shown:
            lines[0][1][0].errors = [*lines[0][1][0].errors, *self.errors[name]]
        return lines

    def _subject(self, subject):
        choices = self.offered.subjects
        if subject and not any(subject in dict(group) for _, group in choices[1:]):
            known = self.offered.field(subject)
            label = f"{known.label} ({known.barred})" if known else subject
            choices = [*choices, (subject, label)]
        extra = {"autofocus": True} if self.row.wants_focus else {}
        return self._select("subject", "About", choices, reshapes=True, **extra)

    def _nothing(self):
        return [[]]

    def _fact(self):
        field = self.offered.field(self.typed["subject"])
        if field is None:
            return [[]]
        op = self.typed.get("op", "")
        ops = [*offers.NOTHING, *((name, one.words) for name, one in field.operators.items())]
        choices = self.offered.campaigns if field.kind == "campaign" else field.choices
        listed = self.offered.sources if field.key == "lead.source" else []
        operand = self._operand(op if op in field.operators else "", field.kind, choices, listed)
        return [[self._select("op", "How", ops, reshapes=True), *operand]]

    def _activity(self):
        subject = self.typed["subject"]
        first = [self._select("kind", "Activity", [*offers.NOTHING, *self.offered.kinds])]
        if subject == "did":
            first.append(self._count("times", "Times", before="at least", after="times"))
        if subject in ("last", "first"):
            first.append(self._count("days", "Days", before="more than", after="days ago"))
        else:
            first.append(self._count("days", "Days", before="in the last", after="days"))
        clauses = self.typed.get("where") or [{}]
        return [first, *((n, self._clause(n, clause)) for n, clause in enumerate(clauses))]

    def _clause(self, n, clause):
        kind, _, op = clause.get("op", "").partition(":")
        ops = [*offers.NOTHING, *offers.PROPERTY_OPS]
        return [
            self._text(
                f"w{n}.property", "Property", before="with a", after="that", placeholder="subject"
            ),
            self._select(f"w{n}.op", "How", ops, reshapes=True),
            *self._operand(op, kind, [], [], f"w{n}."),
        ]

    def _returned(self):
        days = self._count("days", "Within days", before="different days within", after="days")
        return [[self._count("times", "On days", before="at least"), days]]

    def _stage(self):
        kinds = [*offers.NOTHING, *offers.STAGE_KINDS]
        first = [
            self._select("kind", "How", kinds, reshapes=True),
            self._select("value", "Stages", offers.STAGES, multiple=True),
        ]
        if self.typed.get("kind") == "entered":
            first.append(self._count("days", "Days", before="in the last", after="days"))
        return [first]

    def _touch(self):
        parts = [self._select("op", "How", offers.TOUCH_OPS)]
        for name in TOUCHES:
            label = name.replace("_", " ")
            if name == "campaign":
                choices = [("", "any campaign"), *self.offered.campaigns]
                parts.append(self._select(name, label, choices))
            else:
                parts.append(self._text(name, label, placeholder=label))
        return [parts]

    def _operand(self, op, kind, choices, listed, prefix=""):
        takes = offers.takes(op)
        if kind == "boolean":
            choices = offers.YES_OR_NO
        value, high = f"{prefix}value", f"{prefix}high"
        if takes == "days":
            return [self._count(value, "Days", after="days")]
        if takes == "many" and not choices:
            return [self._area(value, "Values, one a line")]
        if takes in ("one", "many") and choices:
            several = takes == "many"
            options = [(str(key), label) for key, label in choices]
            options = options if several else [*offers.NOTHING, *options]
            return [self._select(value, "Value", options, multiple=several)]
        attrs = _TYPES.get(kind, {})
        if takes == "pair":
            low = self._text(value, "From", **attrs)
            return [low, self._text(high, "To", before="and", **attrs)]
        return [self._text(value, "Value", listed=listed, **attrs)] if takes == "one" else []

    def _text(self, name, label, *, before="", after="", listed=(), **attrs):
        options = mark_safe("")
        if listed:
            attrs["list"] = f"{self.prefix}.{name}.known"
            known = _options([(one, one) for one in listed])
            options = format_html('<datalist id="{}">{}</datalist>', attrs["list"], known)
        attrs = {"type": "text", "maxlength": 500, **attrs, "value": self._value(name)}
        html = format_html("<input{}>{}", flatatt(self._attrs(name, attrs)), options)
        return self._control(name, label, html, before, after)

    def _count(self, name, label, *, before="", after=""):
        return self._text(name, label, before=before, after=after, **COUNT)

    def _area(self, name, label):
        attrs = flatatt(self._attrs(name, dict(LINES)))
        return self._control(
            name, label, format_html("<textarea{}>\n{}</textarea>", attrs, self._value(name))
        )

    def _select(self, name, label, choices, *, multiple=False, reshapes=False, **attrs):
        chosen = self._value(name).split("\n") if multiple else [self._value(name)]
        known = {one for key, sub in choices for one in (dict(sub) if _is_group(sub) else [key])}
        if not name.endswith("op"):  # an operator of another field is forgotten, a value is kept
            choices = [*choices, *((key, key) for key in chosen if key and key not in known)]
        if multiple:
            attrs |= {"multiple": True, "size": 3}
        attrs = flatatt(self._attrs(name, attrs, reshapes=reshapes))
        options = _options(choices, set(chosen))
        return self._control(name, label, format_html("<select{}>{}</select>", attrs, options))

    def _attrs(self, name, attrs, *, reshapes=False):
        full = f"{self.prefix}.{name}"
        attrs = {"name": full, "id": f"id_{full}", **attrs, **(_RESHAPE if reshapes else _SAY)}
        attrs["hx-post"] = reverse("leads:builder")
        if self.errors.get(name):
            attrs["aria-describedby"] = f"error_{full}"
            attrs |= {"aria-invalid": "true"} if self.marks else {}
        return attrs

    def _control(self, name, label, html, before="", after=""):
        full = f"{self.prefix}.{name}"
        return Control(name, label, html, before, after, self.errors.get(name, []), full)

    def _value(self, name):
        clause, _, part = name.rpartition(".")
        if not clause:
            return self.typed.get(name, "")
        where = self.typed.get("where", [])
        return where[int(clause[1:])].get(part, "") if where else ""


def _is_group(label):
    return isinstance(label, list)


def _options(choices, chosen=frozenset()):
    parts = []
    for key, label in choices:
        if _is_group(label):
            inner = _options(label, chosen)
            parts.append(format_html('<optgroup label="{}">{}</optgroup>', key, inner))
        else:
            mark = mark_safe(" selected") if key in chosen else ""
            parts.append(format_html('<option value="{}"{}>{}</option>', key, mark, label))
    return mark_safe("".join(parts))  # noqa: S308  (each part is escaped)


_SHAPES = {
    **dict.fromkeys(("did", "did_not", "last", "first"), RowControls._activity),
    "returned": RowControls._returned,
    "stage": RowControls._stage,
    "touch": RowControls._touch,
}
