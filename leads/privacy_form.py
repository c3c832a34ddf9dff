"""What people type to erase somebody: the word that says that they mean it."""

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import privacy_page
from leads.phones import phone_key


class EraseForm(forms.Form):
    WORD = "erase"

    confirm = forms.CharField(
        label=gettext_lazy("Type “erase” to confirm"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, data=None, **options):
        super().__init__(data, use_required_attribute=False, **options)

    def clean_confirm(self):
        if self.cleaned_data["confirm"].strip().lower() != self.WORD:
            raise forms.ValidationError(_("Type the word “erase”. This cannot be taken back."))
        return self.WORD


class AddressForm(EraseForm):
    """An address or a number of nobody whom we know; whoever is known is erased as a lead."""

    address = forms.CharField(max_length=254, widget=forms.HiddenInput)

    def clean_address(self):
        text = self.cleaned_data["address"].strip()
        if privacy_page.found(text):
            raise forms.ValidationError(_("There is a lead of this address. Erase the lead."))
        self.key = {"phone": text} if phone_key(text) else {"email": text}
        if "email" in self.key:
            validate_email(text)
        return text
