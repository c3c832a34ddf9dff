"""Compile a condition to a form: rows to choose and type in, never JSON.

What rows cannot say (nested groups) is shown in words, read-only, and stays as it is.
"""

from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from leads.conditions.rows import MAX_ROWS, to_condition, to_node, to_rows
from leads.conditions.vocabulary import OPERATORS, activity_kinds, fields
from leads.conditions.words import words
from leads.models import Attribute

MATCHES = [
    ("all", "All of these hold"),
    ("any", "Any of these holds"),
    ("none", "None of these holds"),
]


class Vocabulary:
    """What the rows of all conditions of one page may say, read from the database once."""

    @cached_property
    def attributes(self):
        return list(Attribute.objects.order_by("label", "code"))

    @cached_property
    def subjects(self):
        groups = {"lead": [], "company": [], "attr": []}
        for field in fields(self.attributes):
            groups[field.subject].append((field.key, field.label[:1].upper() + field.label[1:]))
        did = [(f"did:{kind}", label) for kind, label in activity_kinds()]
        did_not = [(f"did_not:{kind}", f"Not: {label}") for kind, label in activity_kinds()]
        return [
            ("", "–"),
            ("Lead", groups["lead"]),
            ("Company", groups["company"]),
            ("Own fields", groups["attr"]),
            ("Did", [*did, ("returned", "Returned on different days")]),
            ("Did not", did_not),
        ]


class Choices(forms.Select):
    """A select in one go: Django renders a template for each option, and here are thousands."""

    def render(self, name, value, attrs=None, renderer=None):
        attrs = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attrs, _options(self.choices, value))


def _options(choices, chosen):
    parts = []
    for key, label in choices:
        if isinstance(label, list):
            parts.append(
                format_html('<optgroup label="{}">{}</optgroup>', key, _options(label, chosen))
            )
        else:
            mark = mark_safe(" selected") if key == (chosen or "") else ""
            parts.append(format_html('<option value="{}"{}>{}</option>', key, mark, label))
    return mark_safe("".join(parts))  # noqa: S308  (each part is escaped)


class RowForm(forms.Form):
    """One row. An untouched one says nothing: its `node` is None."""

    subject = forms.ChoiceField(label="What", required=False, widget=Choices)
    property = forms.CharField(
        label="Property",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "subject"}),
    )
    op = forms.ChoiceField(
        label="Is",
        required=False,
        widget=Choices,
        choices=[("", "–"), *((name, one.words) for name, one in OPERATORS.items())],
    )
    value = forms.CharField(label="With", required=False, max_length=5000)
    times = forms.IntegerField(label="Times", required=False, min_value=1)
    days = forms.IntegerField(label="Last days", required=False, min_value=1)

    def __init__(self, *args, vocabulary, **options):
        super().__init__(*args, use_required_attribute=False, **options)
        self.vocabulary, self.node = vocabulary, None
        self.fields["subject"].choices = vocabulary.subjects  # type: ignore[attr-defined]

    def clean(self):
        if not self.errors and any(self.cleaned_data.values()):
            try:
                self.node = to_node(self.cleaned_data, self.vocabulary.attributes)
            except ValidationError as error:
                self.add_error(None, error)


class Typed:
    """What was posted for one condition: `match` and the bound rows."""

    def __init__(self, data, name, vocabulary):
        match = data.get(f"{name}-match")
        self.match = match if match in dict(MATCHES) else "all"
        numbers = [n for n in range(MAX_ROWS) if f"{name}-{n}-subject" in data]
        self.rows = [RowForm(data, prefix=f"{name}-{n}", vocabulary=vocabulary) for n in numbers]


class ConditionRows(forms.Widget):
    template_name = "leads/_condition_rows.html"
    use_fieldset = True
    vocabulary: Vocabulary

    class Media:
        css = {"all": ["admin.css"]}

    def value_from_datadict(self, data, files, name):
        return Typed(data, name, self.vocabulary)

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-match" not in data

    def id_for_label(self, id_):
        return ""  # there are many inputs, each with its own label

    def render(self, name, value, attrs=None, renderer=None):
        return super().render(name, value, attrs, TemplatesSetting())

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        if isinstance(value, Typed):
            match, rows = value.match, value.rows
        elif value and (said := to_rows(value, self.vocabulary.attributes)):
            match, rows = said[0], self._rows(name, said[1])
        elif value:
            return context | {"words": words(value, self.vocabulary.attributes)}
        else:
            match, rows = "all", self._rows(name, [])
        return context | {"matches": MATCHES, "match": match, "rows": rows}

    def _rows(self, name, said):
        """As many as are used and at least one more to add."""
        number = min(len(said) + 1, MAX_ROWS) if said else 4
        return [
            RowForm(
                prefix=f"{name}-{n}",
                vocabulary=self.vocabulary,
                initial=dict(enumerate(said)).get(n),
            )
            for n in range(number)
        ]


class ConditionRowsField(forms.Field):
    """Cleans to a condition. Build the form class per request, as the admin does: its rows are
    made of the custom attributes that there are then."""

    widget = ConditionRows
    default_error_messages = {
        "required": "Fill in at least one row.",
        "rows": "Not right yet: row %(numbers)s.",
    }

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.vocabulary = Vocabulary()

    def get_bound_field(self, form, field_name):
        """What rows cannot say is disabled: Django then keeps the value that there was."""
        condition = form.get_initial_for_field(self, field_name)
        if condition and not to_rows(condition, self.widget.vocabulary.attributes):
            self.disabled = True
        return super().get_bound_field(form, field_name)

    def to_python(self, value):
        if not isinstance(value, Typed):
            return value
        wrong = [str(n) for n, row in enumerate(value.rows, 1) if not row.is_valid()]
        if wrong:
            raise ValidationError(
                self.error_messages["rows"], "rows", params={"numbers": ", ".join(wrong)}
            )
        nodes = [row.node for row in value.rows if row.node]
        return to_condition(value.match, nodes) if nodes else None

    def has_changed(self, initial, data):
        try:
            return not self.disabled and self.to_python(data) != (initial or None)
        except ValidationError:
            return True
