"""Starter agreements: ready definitions to begin with, as drafts that two managers may sign."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from handoff import agreements
from handoff.models import (
    Agreement,
    Commitment,
    MatrixCell,
    QualifyingPath,
    Question,
    Reason,
    ReasonDetail,
    RequiredField,
    Veto,
)
from handoff.models.agreement import EDITABLE
from leads import conditions
from leads.models import Attribute
from scoring import importing, model_schema

_FOLDER = Path(__file__).parent / "starters"
NAMES = ["b2b_software", "education", "services"]


@transaction.atomic
def load(name):
    """The starter as a draft with a draft scoring model, each the next version.

    A draft of this starter which is there already is returned as it is. Raises ValidationError
    when there is no such starter, or when an attribute that a condition reads is there already
    with another kind.
    """
    if name not in NAMES:
        raise ValidationError(f"There is no starter “{name}”.")
    data = _read(name)
    found = Agreement.objects.filter(title=data["title"], status__in=EDITABLE).first()
    if found:
        return found
    _make_attributes(data.get("attributes", []))
    _check_conditions(data)
    agreement = Agreement.objects.create(
        version=agreements.next_version(),
        title=data["title"],
        goal=data["goal"],
        margin=data["margin"],
        bant_bar=data["bant_bar"],
        **data.get("promises", {}),
        scoring_model=importing.make(data["model"]),
    )
    _make_parts(agreement, data)
    _make_reasons(agreement, _read("reasons"), data.get("reason_details", {}))
    return agreement


def titles():
    """{name: title} of all starters."""
    return {name: _read(name)["title"] for name in NAMES}


def _read(name):
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _make_attributes(attributes):
    """Those that the model reads and that no import has made yet."""
    Attribute.objects.bulk_create(
        [Attribute(**one, known_since=Attribute.Known.CAPTURE) for one in attributes],
        ignore_conflicts=True,
    )


def _check_conditions(data):
    attributes = list(Attribute.objects.all())
    model_schema.check(data["model"], attributes)
    for one in [*data["paths"], *data["vetoes"]]:
        conditions.validate(one["condition"], attributes)


def _make_parts(agreement, data):
    MatrixCell.objects.bulk_create(
        MatrixCell(agreement=agreement, grade=f"{letter}{number}", action=action)
        for letter, actions in data["matrix"].items()
        for number, action in enumerate(actions, 1)
    )
    QualifyingPath.objects.bulk_create(
        QualifyingPath(agreement=agreement, **path) for path in data["paths"]
    )
    Veto.objects.bulk_create(Veto(agreement=agreement, **veto) for veto in data["vetoes"])
    RequiredField.objects.bulk_create(
        RequiredField(agreement=agreement, fact=fact) for fact in data["required"]
    )
    Commitment.objects.bulk_create(
        Commitment(agreement=agreement, measure=measure, value=value)
        for measure, value in data.get("commitments", {}).items()
    )
    Question.objects.bulk_create(
        Question(agreement=agreement, order=order, **one)
        for order, one in enumerate(data.get("questions", []), 1)
    )


def _make_reasons(agreement, reasons, details_instead):
    """`details_instead`: {reason code: {code: label}} where a trade has other second levels."""
    details = [one.pop("details", {}) for one in reasons]
    rows = Reason.objects.bulk_create(
        Reason(agreement=agreement, order=order, **one) for order, one in enumerate(reasons, 1)
    )
    ReasonDetail.objects.bulk_create(
        ReasonDetail(agreement=agreement, reason=reason, order=order, code=code, label=label)
        for reason, theirs in zip(rows, details, strict=True)
        for order, (code, label) in enumerate(details_instead.get(reason.code, theirs).items(), 1)
    )
