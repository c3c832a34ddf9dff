"""A capture form as people fill it in: its fields, the traps for programs, what was typed."""

from django import forms
from django.utils.translation import gettext as _

from intake import answers, stamps, values
from intake.models import ConsentText
from leads.models import Attribute

TRAP = "homepage"  # nobody sees it; programs fill in whatever they find


class FilledForm(forms.Form):
    """`asked`: the CaptureForm. `status` is what a page that shows it answers with, `wait` the
    seconds until it is worth sending again."""

    wait = 0

    def __init__(self, asked, data=None):
        super().__init__(data, auto_id=f"{asked.slug}-%s")
        self.asked, self.status, self.hasty = asked, 200 if data is None else 422, False
        self.sent = None if data is None else stamps.read(data.get("stamp", ""), asked.pk)
        self.stamp = self.sent or stamps.Stamp(asked.pk)
        self.fields |= fields_of(asked)

    def full_clean(self):
        super().full_clean()
        if wrong := next((name for name in self.fields if name in self.errors), None):
            self.fields[wrong].widget.attrs["autofocus"] = True

    def clean(self):
        if self.sent is None or self.sent.is_old:
            self.stamp = stamps.Stamp(self.asked.pk)
            self.add_error(None, _("This page was out of date. Please send it once more."))
        elif self.sent.is_hasty and not self.errors:
            self._slow_down(self.sent)

    def _slow_down(self, sent):
        """Once a person may be as quick as a program."""
        self.hasty = sent.tries > 0
        self.stamp = sent.tried()
        if not self.hasty:
            self.add_error(None, _("That was very quick. Please look at it once more and send it."))

    def put_off(self, seconds, message):
        """Not now: everything that was typed stays."""
        self.status, self.wait = 429, seconds
        self.add_error(None, message)

    @property
    def is_trapped(self):
        return bool(self.data.get(TRAP))

    def payload(self):
        """{target: as it was typed}, of a consent the version of its text."""
        return {
            name: value.version if isinstance(value, ConsentText) else self.data[name].strip()
            for name, value in self.cleaned_data.items()
            if value not in ("", None)
        }


def fields_of(asked):
    """{target: form field}; of what can no longer be asked for, none."""
    rows = list(asked.fields.all())
    codes = [row.target.removeprefix("attr.") for row in rows]
    attributes = {one.code: one for one in Attribute.objects.filter(code__in=codes)}
    texts = {}
    names = [row.target.removeprefix("consent.") for row in rows]
    for text in ConsentText.objects.filter(name__in=names).order_by("version"):
        texts.setdefault(text.name, []).append(text)
    made = {row.target: _field(row, attributes, texts) for row in rows}
    return {target: field for target, field in made.items() if field}


def _field(row, attributes, texts):
    owner, _dot, name = row.target.partition(".")
    if owner == "consent":
        return Consenting(texts[name], required=row.required) if name in texts else None
    attribute = attributes.get(name) if owner == "attr" else None
    if owner == "attr" and (attribute is None or attribute.archived_at):
        return None
    usual, fills = answers.ASKED.get(row.target, (str(attribute), ""))
    return Typed(row, kind=attribute.kind if attribute else "", label=usual, fills=fills)


class Typed(forms.CharField):
    """A text, read as its target wants it."""

    def __init__(self, row, *, kind, label, fills):
        self.read, self.options = answers.reader(row.target, kind), row.options
        if kind == "boolean" and not self.options:
            self.options = ["Yes", "No"]
        super().__init__(
            label=row.label or label,
            required=row.required,
            max_length=answers.most(row.target),
            widget=_widget(row.target, kind, self.options),
        )
        if fills:
            self.widget.attrs["autocomplete"] = fills

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        if self.options and text not in self.options:
            raise forms.ValidationError(_("Choose one of the answers."))
        try:
            return self.read(text)
        except values.Wrong as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


def _widget(target, kind, options):
    if options:
        return forms.Select(choices=[("", "–"), *((one, one) for one in options)])
    if target == "message":
        return forms.Textarea({"rows": 4})
    if target == "company.employees" or kind == "number":
        return forms.TextInput({"inputmode": "decimal"})
    types = {"lead.email": "email", "lead.phone": "tel"}
    return forms.TextInput({"type": types.get(target, "date" if kind == "date" else "text")})


class Consenting(forms.Field):
    """A box beside a text; what is sent is the version of the text that was read."""

    def __init__(self, versions, *, required):
        self.versions = {str(one.version): one for one in versions}
        newest = versions[-1]
        super().__init__(label=newest.text, required=required, widget=_Box(newest.version))

    def clean(self, value):
        if not value:
            return super().clean("") or None
        if value not in self.versions:
            raise forms.ValidationError(_("Please read this once more."))
        return self.versions[value]


class _Box(forms.CheckboxInput):
    def __init__(self, version):
        super().__init__(check_test=lambda value: value == str(version))
        self.version = version

    def value_from_datadict(self, data, files, name):
        return data.get(name, "")

    def format_value(self, value):
        return str(self.version)
