"""The form of a discovery call: BANT, the agreement's own questions, and the outcome."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.bant_form import BantForm
from handoff.discovery import Outcome, outcomes
from handoff.forms import (
    AttemptForm,
    DisqualifyForm,
    QualifySalesForm,
    RecycleForm,
    TransitionForm,
)
from handoff.questions import field_name

STEPS: dict[Outcome, type[TransitionForm]] = {
    Outcome.READY: QualifySalesForm,
    Outcome.NURTURE: RecycleForm,
    Outcome.SUSPECT: DisqualifyForm,
    Outcome.NO_ANSWER: AttemptForm,
}
_CONTACT = [("yes", _("Yes")), ("no", _("No, somebody else"))]


class CallForm(BantForm):
    """`asked`: the agreement's own questions; `replies`: {code: latest QuestionAnswer}.

    Nothing is required: a draft is welcome.
    """

    right_contact = forms.ChoiceField(required=False, choices=_CONTACT)
    content_helped = forms.CharField(
        label=_("Which content helped?"), required=False, max_length=200
    )
    content_missing = forms.CharField(
        label=_("Which content was missing?"), required=False, max_length=200
    )
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, *, lead, asked, replies, **options):
        super().__init__(data, **options)
        self.asked = asked
        for one in asked:
            said = replies[one.code].text if one.code in replies else ""
            self.fields[field_name(one.code)] = forms.CharField(
                label=one.text, required=False, max_length=1000, initial=said
            )
        self.outcomes = outcomes(lead)
        choices = [(one.value, one.label) for one in self.outcomes]
        self._add("outcome", choices, self.outcomes[0])

    @property
    def own(self):
        """The fields of the agreement's own questions, and whether an SQL needs each."""
        for one in self.asked:
            yield self[field_name(one.code)], one.is_required

    @property
    def offered(self):
        """Per possible outcome: its code, its word, what follows."""
        for one in self.outcomes:
            yield one.value, one.label, _FOLLOWS[one]

    @property
    def chosen(self):
        """As chosen, else the first that is possible."""
        chosen = self["outcome"].value()
        return Outcome(chosen) if chosen in self.outcomes else self.outcomes[0]

    @property
    def replied(self):
        """{code of an own question: text} as they stand in the form, valid or not."""
        return {one.code: self[field_name(one.code)].value() or "" for one in self.asked}

    @property
    def call(self):
        """The columns of Discovery."""
        said = {"yes": True, "no": False}.get(self.cleaned_data["right_contact"])
        names = ("content_helped", "content_missing", "notes")
        return {"right_contact": said} | {name: self.cleaned_data[name] for name in names}

    def keeps(self):
        """The names whose values a draft keeps, those of every outcome's own form among them."""
        steps = {name for step in STEPS.values() for name in step.base_fields}
        return {*self.fields, *steps}


_FOLLOWS = {
    "ready": _("to SQL once the gate is met"),
    "nurture": _("reason, wake-up date"),
    "suspect": _("disqualify with a reason"),
    "no_answer": _("next attempt"),
}
