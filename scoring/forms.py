"""Forms of scoring's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models import Attribute
from scoring import importing


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
        importing.check(data, list(Attribute.objects.all()))
        return data

    def save(self):
        return importing.make(self.cleaned_data["file"])
