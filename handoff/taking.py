"""The forms by which sales takes a lead: accept an offer, pause it once, claim who was met."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.dates import FARTHEST
from handoff.forms import Amount, Moment, Note, TransitionForm, TwoLines, next_working_morning

CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK", "CZK", "PLN", "BGN", "BYN"]


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AcceptForm(TransitionForm):
    """The call, and the potential deal as far as marketing heard of it: interest and note."""

    discovery_at = Moment(label=_("Discovery call"))
    product = forms.CharField(label=_("Product"), required=False, max_length=120)
    need = forms.CharField(label=_("Need"), required=False, max_length=2000, widget=TwoLines)
    estimate = Amount(label=_("Estimate"), required=False)
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=[(code, code) for code in CURRENCIES]
    )
    expected_close_on = Day(label=_("Expected close"), required=False)

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["discovery_at"].initial = next_working_morning(self.now)
        self.fields["product"].initial = self.leads[0].interest if len(self.leads) == 1 else ""

    @property
    def deal(self):
        """What documents the deal, beside the date of the call."""
        return [field for field in self if field.name != "discovery_at"]

    def clean_expected_close_on(self):
        day = self.cleaned_data["expected_close_on"]
        today = timezone.localdate(self.now)
        if day and not today <= day <= today + FARTHEST:
            raise forms.ValidationError(_("A day from today on, within twenty years."))
        return day


class PauseForm(TransitionForm):
    """No transition, yet asked for beside them: the clock of an offer stands still for a while."""

    reason = forms.CharField(label=_("What do you wait for?"), max_length=200)
    hours = forms.IntegerField(label=_("Business hours"), required=False, min_value=1)


class ClaimForm(TransitionForm):
    discovery_at = Moment(label=_("Discovery call"))
    note = Note()

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["discovery_at"].initial = next_working_morning(self.now)


class MetForm(ClaimForm):
    """Of somebody whom nobody has entered yet."""

    first_name = forms.CharField(label=_("First name"), required=False, max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    email = forms.EmailField(label=_("Email"), required=False, max_length=254)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    company = forms.CharField(label=_("Company"), required=False, max_length=200)
    interest = forms.CharField(label=_("Interest"), required=False, max_length=120)
    field_order = ["first_name", "last_name", "email", "phone", "company", "interest"]

    def clean(self):
        super().clean()
        said = self.cleaned_data
        if not (said.get("email") or said.get("phone") or self.errors):
            self.add_error("email", _("An email or a phone number is needed."))
        return said
