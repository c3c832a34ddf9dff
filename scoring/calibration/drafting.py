"""A draft of a scoring model from what a calibration suggests."""

from decimal import Decimal

from django.db import transaction

from leads.conditions import validate
from leads.models import Attribute
from leads.refusals import Missing
from scoring import versions
from scoring.models import Rule, ScoringModel


@transaction.atomic
def create_draft(report, name):
    """A draft with the suggested rules and cut-offs, the next version.

    Raises Missing when the report suggests nothing, ValidationError when a field has been
    archived or barred since.
    """
    suggested = report["model"]
    if not suggested:
        raise Missing(report["why_not"] or "Nothing is suggested.")
    attributes = list(Attribute.objects.all())
    for rule in suggested["rules"]:
        validate(rule["condition"], attributes)
    draft = ScoringModel.objects.create(
        version=versions.next_version(), name=name[:120], **suggested["bands"]
    )
    Rule.objects.bulk_create(
        Rule(model=draft, order=order, **_exact(rule))
        for order, rule in enumerate(suggested["rules"], 1)
    )
    return draft


def _exact(rule):
    cap = rule["cap"]
    return rule | {"cap": None if cap is None else Decimal(str(cap))}
