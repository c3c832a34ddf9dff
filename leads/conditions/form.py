"""Compile a condition to a form: a builder of rows and groups to choose and type in, never JSON.

Its buttons and selects ask leads.views_conditions for the builder anew (htmx); without JavaScript
the buttons submit the form around it, which comes back changed and not saved.
"""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting

from leads.conditions import tree
from leads.conditions.controls import RowControls
from leads.conditions.offers import Offers
from leads.conditions.schema import MAX_DEPTH
from leads.conditions.words import words

MATCHES = [
    ("all", "All of these hold"),
    ("any", "Any of these holds"),
    ("none", "None of these holds"),
]


@dataclass
class Built:
    """What was posted for one condition; `action`: the button that was pressed, if any."""

    root: tree.Group
    action: str = ""


class ConditionBuilder(forms.Widget):
    """`count(condition)`: words to show beside the condition, such as how many leads match."""

    template_name = "leads/_condition.html"
    use_fieldset = True
    offers: Offers
    count = None

    @property
    def media(self):
        return forms.Media(
            css={"all": ["admin.css", "condition.css"]},
            js=["django_htmx/htmx-2.min.js", "condition.js"],
        )

    def value_from_datadict(self, data, files, name):
        action = data.get(f"{name}.do", "")
        root = tree.from_posted(data, name)
        tree.change(root, action)
        return Built(root, action)

    def value_omitted_from_data(self, data, files, name):
        return f"{name}.0.match" not in data

    def id_for_label(self, id_):
        return ""  # there are many inputs, each with its own label

    def render(self, name, value, attrs=None, renderer=None):
        return super().render(name, value, attrs, TemplatesSetting())

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        attributes = self.offers.attributes
        is_built = isinstance(value, Built)
        root = value.root if is_built else tree.from_condition(value, attributes)
        return context | {
            "said": self._said(root),
            "group": self._group(root, name, "0", tells_missing=is_built and not value.action),
            "counts": self.count is not None,
            "matches": MATCHES,
        }

    def _said(self, root):
        """The condition in words, or what is still missing. Also puts the problems at the rows."""
        try:
            condition = tree.to_condition(root, self.offers.attributes)
        except ValidationError as error:
            problem = next(iter(error.messages))
            first = next((row for _, row in tree.rows(root) if row.errors), None)
            if first:
                problem = f"{problem} {next(iter(first.errors.values()))[0].messages[0]}"
            return {"problem": problem}
        if condition is None:
            return {}
        said = words(condition, self.offers.attributes)
        return {"words": said, "count": self.count(condition) if self.count else ""}

    def _group(self, group, name, place, *, tells_missing, number=""):
        parts = []
        for n, child in enumerate(group.children):
            at, label = f"{place}-{n}", f"{number}{n + 1}"
            if isinstance(child, tree.Group):
                inner = self._group(
                    child, name, at, tells_missing=tells_missing, number=f"{label}."
                )
                parts.append({"group": inner})
            else:
                made = RowControls(child, f"{name}.{at}", self.offers, tells_missing=tells_missing)
                is_activity = len(made.lines) > 1
                parts.append(
                    {"place": at, "number": label, "lines": made.lines, "clauses": is_activity}
                )
        return {
            "place": place,
            "number": number.rstrip("."),
            "match": group.match,
            "wants_focus": group.wants_focus,
            "parts": parts,
            "may_nest": place.count("-") < MAX_DEPTH,
        }


class ConditionRowsField(forms.Field):
    """Cleans to a condition. Build the form class per request, as the admin does: its rows are
    made of the custom attributes that there are then."""

    widget = ConditionBuilder
    default_error_messages = {
        "required": "Fill in at least one row.",
        "building": "Not saved yet: the condition was changed.",
    }

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.offers = Offers()

    def prepare_value(self, value):
        """The admin takes first values from the address, where no condition stands."""
        return value if isinstance(value, Built | dict) else None

    def to_python(self, value):
        if not isinstance(value, Built):
            return value
        if value.action:
            raise ValidationError(self.error_messages["building"], "building")
        return tree.to_condition(value.root, self.widget.offers.attributes)

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or None)
        except ValidationError:
            return True
