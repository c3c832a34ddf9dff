"""The data that the agreement wants before a handoff: facts of the lead, and BANT answers."""

from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.lookups import LessThan
from django.urls import reverse

from handoff.models import RequiredField
from leads.models import Lead
from leads.refusals import Missing


class BantAsked(Func):
    """Of a lead's id: to how many of the four questions its latest answer is known."""

    output_field = IntegerField()
    template = """(SELECT count(*) FROM (
        SELECT DISTINCT ON (question) value FROM handoff_bantanswer
        WHERE lead_id = %(expressions)s ORDER BY question, recorded_at DESC, id DESC
    ) latest WHERE value <> 'unknown')"""


def column(fact):
    return "company_id" if fact == RequiredField.Fact.COMPANY else fact


def lacking(agreement):
    """Over leads: something that this agreement wants is missing."""
    whens = [When(_empty(one.fact), then=Value(True)) for one in agreement.required.all()]
    if agreement.bant_before:
        whens.append(When(LessThan(BantAsked(F("pk")), agreement.bant_before), then=Value(True)))
    return Case(*whens, default=Value(False))


def check(batch, agreement):
    """Refuse the leads of a batch that lack something; the first thing is named."""
    facts = list(agreement.required.all())
    asked = _asked(batch) if agreement.bant_before else {}
    for lead in list(batch.leads):
        lacks = next((one for one in facts if not getattr(lead, column(one.fact))), None)
        if lacks:
            url = f"{reverse('leads:edit', args=[lead.pk])}#id_{lacks.fact}"
            batch.refuse(lead, Missing(f"{lacks} is missing.", field=lacks.fact, url=url))
        elif asked.get(lead.pk, 0) < agreement.bant_before:
            words = f"{asked[lead.pk]} of {agreement.bant_before} BANT answers are known."
            url = reverse("handoff:preview", args=[lead.pk])
            batch.refuse(lead, Missing(words, field="bant", url=url))


def _empty(fact):
    return Q(company=None) if fact == RequiredField.Fact.COMPANY else Q(**{fact: ""})


def _asked(batch):
    leads = Lead.objects.filter(pk__in=[lead.pk for lead in batch.leads])
    return dict(leads.values_list("pk", BantAsked(F("pk"))))
