"""Versions of the scoring model: finding one to score with, and the next one to edit."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, prefetch_related_objects

from leads.models import Attribute
from leads.refusals import Missing
from scoring.models import Rule, RuleGroup, ScoringModel

_LOCK = 7_201_002  # an advisory lock: two people never take the same next number


@dataclass(frozen=True)
class Rulebook:
    """A model with all that scoring by it needs, read once."""

    model: ScoringModel
    rules: list[Rule]
    groups: list[RuleGroup]
    attributes: list[Attribute]  # only read when a rule asks for one


def rulebook(model):
    return _rulebook(model, list(model.rules.all()))


def of(version):
    """The Rulebook of this version; None when there is none. One query, and one each for groups
    and for attributes when the rules name some."""
    rules = list(Rule.objects.filter(model__version=version).select_related("model"))
    model = rules[0].model if rules else ScoringModel.objects.filter(version=version).first()
    return _rulebook(model, rules) if model else None


def several(models):
    """{version: Rulebook} of these; three queries for all of them."""
    prefetch_related_objects(models, "rules", "groups")
    attributes = list(Attribute.objects.all())
    return {
        one.version: Rulebook(one, list(one.rules.all()), list(one.groups.all()), attributes)
        for one in models
    }


def named(name):
    """The model with this version, else the newest with this name. Raises Missing."""
    every = ScoringModel.objects.order_by("-version")
    found = every.filter(version=int(name)).first() if _is_version(name) else None
    found = found or every.filter(name=name).first()
    if found is None:
        raise Missing(f"There is no scoring model “{name}”.")
    return found


@transaction.atomic
def next_version():
    """The number of a model that this transaction is going to save."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return (ScoringModel.objects.aggregate(latest=Max("version"))["latest"] or 0) + 1


@transaction.atomic
def duplicate(model):
    """The same groups, rules, caps and cut-offs as the next version, a draft."""
    rules = list(model.rules.all())
    fields = [f.name for f in ScoringModel._meta.concrete_fields]
    same = {name: getattr(model, name) for name in fields if name not in _OWN}
    draft = ScoringModel.objects.create(**same, version=next_version())
    groups = {group.pk: _copied(group, draft) for group in model.groups.all()}
    RuleGroup.objects.bulk_create(groups.values())
    for rule in rules:
        _copied(rule, draft).group = groups.get(rule.group_id)
    Rule.objects.bulk_create(rules)
    return draft


def _copied(part, draft):
    part.pk, part.model, part._state.adding = None, draft, True
    return part


def _is_version(name):
    return name.isascii() and name.isdecimal() and len(name) < 10


_OWN = {"id", "version", "published_at"}


def _rulebook(model, rules):
    has_groups = any(rule.group_id for rule in rules)
    reads_attributes = any("'attr." in str(rule.condition) for rule in rules)
    return Rulebook(
        model,
        rules,
        list(model.groups.all()) if has_groups else [],
        list(Attribute.objects.all()) if reads_attributes else [],
    )
