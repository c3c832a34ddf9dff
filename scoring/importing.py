"""A model from JSON, which scoring/model_schema.py has checked: nothing is half made."""

import json
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from leads.conditions.values import shown
from scoring import versions
from scoring.model_schema import BANDS
from scoring.models import Rule, RuleGroup, ScoringModel

MOST_BYTES = 2**20


def parse(content):
    """JSON of bytes. Raises ValidationError in words."""
    if len(content) > MOST_BYTES:
        raise ValidationError(f"The file is larger than {MOST_BYTES // 2**10} kB.")
    try:
        return json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise ValidationError(f"This is not a JSON file: {error}.") from error


@transaction.atomic
def make(data):
    """What was checked, as the next version: a draft."""
    bands = {
        field: _decimal(value)
        for name, fields in BANDS.items()
        for field, value in zip(fields, data[name], strict=True)
    }
    caps = {name: _decimal(data.get(name)) for name in ("fit_cap", "engagement_cap")}
    version = versions.next_version()
    model = ScoringModel.objects.create(version=version, name=data["name"], **bands, **caps)
    groups = [
        RuleGroup(model=model, **one | {"cap": _decimal(one["cap"])})
        for one in data.get("groups", [])
    ]
    RuleGroup.objects.bulk_create(groups)
    by_name = {group.name: group for group in groups}
    Rule.objects.bulk_create(
        Rule(
            model=model,
            order=order,
            **one
            | {"points": _decimal(one["points"]), "cap": _decimal(one.get("cap"))}
            | {"group": by_name.get(one.get("group"))},
        )
        for order, one in enumerate(data["rules"], 1)
    )
    return model


def _decimal(value):
    return None if value is None else Decimal(str(value))


def _once(pairs):
    """A key that stands twice would lose its first value without a word."""
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"the key {shown(twice)} stands twice in one object")
    return data


def _no_number(text):
    raise ValueError(f"{text} is not a number")
