"""The data that the agreement wants before a handoff: facts of the lead, and BANT answers."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, Func, IntegerField, Q, Value, When
from django.db.models.lookups import LessThan

from handoff.models import RequiredField


class BantKnown(Func):
    """Of a lead's id: the BANT questions to which the latest answer is known."""

    output_field = ArrayField(CharField())
    template = """ARRAY(SELECT question FROM (
        SELECT DISTINCT ON (question) question, value FROM handoff_bantanswer
        WHERE lead_id = %(expressions)s ORDER BY question, recorded_at DESC, id DESC
    ) latest WHERE value <> 'unknown')"""


def column(fact):
    return "company_id" if fact == RequiredField.Fact.COMPANY else fact


def lacking(agreement):
    """Over leads: something that this agreement wants is missing."""
    whens = [When(_empty(one.fact), then=Value(True)) for one in agreement.required.all()]
    if agreement.bant_before:
        known = Func(BantKnown(F("pk")), function="cardinality", output_field=IntegerField())
        whens.append(When(LessThan(known, agreement.bant_before), then=Value(True)))
    return Case(*whens, default=Value(False))


def _empty(fact):
    return Q(company=None) if fact == RequiredField.Fact.COMPANY else Q(**{fact: ""})
