"""What people type into the consent ledger: given or withdrawn, for what, when, and the proof."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import consents
from leads.changes import recording
from leads.models import Consent


class ConsentForm(forms.Form):
    """`now`: no entry tells of the future."""

    given = forms.TypedChoiceField(
        label=gettext_lazy("The person"),
        choices=[("yes", gettext_lazy("allowed it")), ("no", gettext_lazy("withdrew or refused"))],
        coerce=lambda said: said == "yes",
    )
    purpose = forms.ChoiceField(label=gettext_lazy("For"), choices=Consent.Purpose)
    basis = forms.ChoiceField(label=gettext_lazy("Basis"), choices=Consent.Basis)
    happened_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    text_version = forms.CharField(
        label=gettext_lazy("Version of the text"), max_length=60, required=False
    )
    proof = forms.CharField(
        label=gettext_lazy("Proof"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("How it was said: a call, a letter, a signed sheet at the fair."),
    )
    text = forms.CharField(
        label=gettext_lazy("The text that the person read"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data=None, *, now):
        initial = {"happened_at": timezone.localtime(now)}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.now = now

    def clean_happened_at(self):
        at = self.cleaned_data["happened_at"]
        if at > self.now:
            raise forms.ValidationError(_("That is still to come."))
        return at

    def clean(self):
        """Who says that a person allowed something says how they know."""
        super().clean()
        said = self.cleaned_data
        if said.get("given") and not said.get("proof", "given"):
            self.add_error("proof", _("How do you know?"))
        return said

    def store(self, lead, *, by):
        said = self.cleaned_data
        door = f"page, {by.email}"[:80]
        proof = {"words": said.pop("proof")}
        entry = Consent(
            lead=lead, by=by, source=door, proof=proof if proof["words"] else {}, **said
        )
        with recording(door):
            consents.record([entry], now=self.now)
