"""What marketing types to answer a decision of sales, and a sales manager to settle a dispute."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.models import Response

LONGEST = 2000


class SaidForm(forms.Form):
    note = forms.CharField(required=False, max_length=LONGEST)

    def refuse(self, refusal):
        """Put a refusal at its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class AnswerForm(SaidForm):
    """An empty answer says: read."""

    kind = forms.ChoiceField(choices=Response.Kind.choices)


class SettleForm(SaidForm):
    settlement = forms.ChoiceField(choices=Response.Settlement.choices)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["note"].required = True
        self.fields["note"].error_messages["required"] = _("Say why.")
