"""The form of a discovery call: BANT with evidence, what was learnt, and the outcome."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.discovery import Outcome, outcomes
from handoff.forms import AttemptForm, DisqualifyForm, QualifySalesForm, RecycleForm
from handoff.models import BantAnswer

STEPS = {
    Outcome.READY: QualifySalesForm,
    Outcome.NURTURE: RecycleForm,
    Outcome.SUSPECT: DisqualifyForm,
    Outcome.NO_ANSWER: AttemptForm,
}
_CONTACT = [("yes", _("Yes")), ("no", _("No, somebody else"))]
_UNKNOWN = BantAnswer.Value.UNKNOWN


class CallForm(forms.Form):
    """`known`: {question: latest BantAnswer}. Nothing is required: a draft is welcome."""

    right_contact = forms.ChoiceField(required=False, choices=_CONTACT)
    content_helped = forms.CharField(
        label=_("Which content helped?"), required=False, max_length=200
    )
    content_missing = forms.CharField(
        label=_("Which content was missing?"), required=False, max_length=200
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data=None, *, lead, known):
        super().__init__(data)
        self.known = known
        for question in BantAnswer.Question:
            answer = known.get(question) or BantAnswer(value=_UNKNOWN)
            self._add(f"{question}_value", BantAnswer.Value.choices, answer.value)
            self._add(f"{question}_basis", BantAnswer.Basis.choices, answer.basis)
            self.fields[f"{question}_evidence"] = forms.CharField(
                required=False, max_length=1000, initial=answer.evidence
            )
        self.outcomes = outcomes(lead)
        choices = [(one.value, one.label) for one in self.outcomes]
        self._add("outcome", choices, self.outcomes[0])

    def _add(self, name, choices, initial):
        self.fields[name] = forms.ChoiceField(required=False, choices=choices, initial=initial)

    @property
    def questions(self):
        """Per question: its word, what to ask, and its three fields."""
        for question in BantAnswer.Question:
            fields = [self[f"{question}_{part}"] for part in ("value", "basis", "evidence")]
            yield question, *_ASK[question], *fields

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
    def typed(self):
        """{question: (value, basis, evidence)} as they stand in the form, valid or not."""
        return {question: self._said(question) for question in BantAnswer.Question}

    def _said(self, question):
        value, basis, evidence = (
            self[f"{question}_{part}"].value() for part in ("value", "basis", "evidence")
        )
        return (
            value if value in BantAnswer.Value else _UNKNOWN,
            basis if basis in BantAnswer.Basis else BantAnswer.Basis.STATED,
            evidence or "",
        )

    @property
    def answers(self):
        """What is worth recording: not that nothing is known, unless something was before."""
        return {
            question: said
            for question, said in self.typed.items()
            if question in self.known or said[0] != _UNKNOWN or said[2]
        }

    @property
    def call(self):
        """The columns of Discovery."""
        said = {"yes": True, "no": False}.get(self.cleaned_data["right_contact"])
        names = ("content_helped", "content_missing", "notes")
        return {"right_contact": said} | {name: self.cleaned_data[name] for name in names}


_FOLLOWS = {
    "ready": _("to SQL once the gate is met"),
    "nurture": _("reason, wake-up date"),
    "suspect": _("disqualify with a reason"),
    "no_answer": _("next attempt"),
}
_ASK = {
    "budget": (_("is money set aside?"), _("Their words, or what you saw")),
    "authority": (_("who decides, and how?"), _("Who signs? Who can say no?")),
    "need": (_("which pain, how big?"), _("What does it cost them today?")),
    "timeline": (_("by when, and why then?"), _("What happens if nothing changes?")),
}
