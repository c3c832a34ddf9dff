"""What a lead lacks for its handoff, typed beside it: the missing facts and the BANT answers."""

from django import forms
from django.db.models import F

from handoff import bant
from handoff.definition import definition
from handoff.models import BantAnswer
from handoff.required import BantKnown
from leads.forms import LeadForm
from leads.models import Lead

Value = BantAnswer.Value


class MendForm(LeadForm):
    """The facts that are missing and no others."""

    def __init__(self, *args, facts, **options):
        super().__init__(*args, auto_id="mend_%s", **options)
        for name in set(self.fields) - set(facts):
            del self.fields[name]
        for field in self.fields.values():
            field.required = True


class AskForm(forms.Form):
    """The BANT questions to which no answer is known."""

    def __init__(self, *args, questions, **options):
        super().__init__(*args, auto_id="mend_%s", **options)
        said = [("", "–"), *[(one.value, one.label) for one in Value if one != Value.UNKNOWN]]
        for one in questions:
            self.fields[one] = forms.ChoiceField(label=one.label, choices=said, required=False)

    def store(self, lead, *, by, now):
        said = {name: (value, "stated", "") for name, value in self.cleaned_data.items() if value}
        bant.record(lead, said, by=by, now=now)


class Mending:
    """Both forms as one."""

    def __init__(self, lead, user, data=None, *, found=None):
        found = found or definition()
        facts = [one.fact for one in found.missing(lead)] if found else []
        self.facts = MendForm(data, instance=lead, user=user, facts=facts)
        wanted = found.agreement.bant_before if found else 0
        self.asked = AskForm(data, questions=_unknown(lead, wanted))
        self.lead, self.user = lead, user

    def __iter__(self):
        yield from self.facts
        yield from self.asked

    def __bool__(self):
        return bool(self.facts.fields or self.asked.fields)

    @property
    def is_bound(self):
        return self.facts.is_bound

    def store(self, now):
        """False when something typed is wrong; it says so at its field."""
        if not (self.facts.is_valid() and self.asked.is_valid() and self.facts.store()):
            return False
        self.asked.store(self.lead, by=self.user, now=now)
        return True


def _unknown(lead, wanted):
    """The questions that are open, while fewer than wanted are answered."""
    if not wanted:
        return []
    known = getattr(lead, "known", None)
    if known is None:
        known = Lead.objects.values_list(BantKnown(F("pk")), flat=True).get(pk=lead.pk)
    open_ones = [one for one in BantAnswer.Question if one not in known]
    return open_ones if len(known) < wanted else []
