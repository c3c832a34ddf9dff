"""Forms of scoring's pages."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models import Attribute
from scoring import importing, model_schema

FIRST_DAY = date(2000, 1, 1)


class ModelFileForm(forms.Form):
    """Cleans to a model's JSON that has been checked; `save` makes the draft."""

    file = forms.FileField(
        label=_("JSON file"),
        help_text=_("As “Export” writes it, or the model of a starter."),
        widget=forms.FileInput({"accept": ".json,application/json"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        data = importing.parse(file.read(importing.MOST_BYTES + 1))
        model_schema.check(data, list(Attribute.objects.all()))
        return data

    def save(self):
        return importing.make(self.cleaned_data["file"])


class TryForm(forms.Form):
    """Which lead, as of when. `moment`: the end of the day that was chosen, None: now."""

    q = forms.CharField(
        label=_("Find a lead"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            {"type": "search", "placeholder": _("Name, email, company"), "autocomplete": "off"}
        ),
    )
    lead = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )
    at = forms.DateField(
        label=_("As of the end of"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, now, **options):
        super().__init__(*args, **options)
        self.now = now
        self.fields["at"].widget.attrs["max"] = f"{timezone.localdate(now):%Y-%m-%d}"

    def clean_at(self):
        day = self.cleaned_data["at"]
        if day and not FIRST_DAY <= day <= timezone.localdate(self.now):
            raise forms.ValidationError(_("A day that has come, not before the year 2000."))
        return day

    @property
    def moment(self):
        day = self.cleaned_data["at"]
        if day is None or day == timezone.localdate(self.now):
            return None
        return timezone.make_aware(datetime.combine(day, time.max))


class OutcomeForm(forms.Form):
    """What a good end is, and what tells older leads from newer ones."""

    def __init__(self, *args, attributes, **options):
        """`attributes`: all custom ones; an archived one can be chosen no more."""
        super().__init__(*args, **options)
        known = [one for one in attributes if not one.archived_at]
        self.fields["outcome"] = forms.ChoiceField(
            label=_("A good end is"),
            choices=[
                ("accepted", _("Accepted by sales")),
                ("won", _("Won")),
                (_("Own fields, yes or no, or 1 or 0"), _of_kinds(known, "boolean", "number")),
            ],
        )
        self.fields["order_by"] = forms.ChoiceField(
            label=_("Older and newer leads by"),
            required=False,
            choices=[
                ("", _("The moment that they were judged")),
                (_("Own fields"), _of_kinds(known, "number", "date")),
            ],
        )


def _of_kinds(attributes, *kinds):
    return [(f"attr.{one.code}", one.label) for one in attributes if one.kind in kinds]
