"""The form of the four BANT questions: value, how we know, evidence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.models import BantAnswer

_UNKNOWN = BantAnswer.Value.UNKNOWN


class BantForm(forms.Form):
    """`known`: {question: latest BantAnswer}. Nothing is required."""

    def __init__(self, data=None, *, known, **options):
        super().__init__(data, **options)
        self.known = known
        for question in BantAnswer.Question:
            answer = known.get(question) or BantAnswer(value=_UNKNOWN)
            self._add(f"{question}_value", BantAnswer.Value.choices, answer.value)
            self._add(f"{question}_basis", BantAnswer.Basis.choices, answer.basis)
            self.fields[f"{question}_evidence"] = forms.CharField(
                required=False, max_length=1000, initial=answer.evidence
            )

    def _add(self, name, choices, initial):
        self.fields[name] = forms.ChoiceField(required=False, choices=choices, initial=initial)

    @property
    def questions(self):
        """Per question: its word, what to ask, and its three fields."""
        for question in BantAnswer.Question:
            fields = [self[f"{question}_{part}"] for part in ("value", "basis", "evidence")]
            yield question, *_ASK[question], *fields

    @property
    def typed(self):
        """{question: (value, basis, evidence)} as they stand in the form, valid or not."""
        return {question: self._said(question) for question in BantAnswer.Question}

    @property
    def answers(self):
        """What is worth recording: not that nothing is known, unless something was before."""
        return {
            question: said
            for question, said in self.typed.items()
            if question in self.known or said[0] != _UNKNOWN or said[2]
        }

    def _said(self, question):
        value, basis, evidence = (
            self[f"{question}_{part}"].value() for part in ("value", "basis", "evidence")
        )
        return (
            value if value in BantAnswer.Value else _UNKNOWN,
            basis if basis in BantAnswer.Basis else BantAnswer.Basis.STATED,
            evidence or "",
        )


_ASK = {
    "budget": (_("is money set aside?"), _("Their words, or what you saw")),
    "authority": (_("who decides, and how?"), _("Who signs? Who can say no?")),
    "need": (_("which pain, how big?"), _("What does it cost them today?")),
    "timeline": (_("by when, and why then?"), _("What happens if nothing changes?")),
}
