"""Which rows tell of a person: every table that points to a lead, directly or over another table.

They are found by walking the tables, so that a new one cannot be forgotten. What becomes of its
rows when the person is erased stands in settings.PERSONAL; of a table that is not named there all
text goes.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from leads.models import Lead

GONE = "gone"
WAYS = ("keeps", "shared", "says", "flags")
_TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    ArrayField,
)


@dataclass(frozen=True)
class Table:
    """`paths`: how its rows name their lead. "keeps": columns whose text stays; "shared": stays
    where other people's rows say the same; "says": may not be empty, and gets a word instead;
    "flags": of its JSON what is true or false stays."""

    model: Any
    paths: tuple[str, ...]

    @property
    def label(self):
        return self.model._meta.label

    @property
    def fate(self):
        return settings.PERSONAL.get(self.label, {})

    @property
    def goes(self):
        return self.fate == GONE

    def columns(self, what):
        return [] if self.goes else self.fate.get(what, [])

    def rows(self, lead_ids):
        """The rows of these leads, in order."""
        mine = Q(*[(f"{path}__in", lead_ids) for path in self.paths], _connector=Q.OR)
        return self.model._base_manager.filter(mine).order_by("pk").distinct()

    def texts(self):
        """The columns that can hold words of or about a person; not those of a fixed choice."""
        return [
            one
            for one in self.model._meta.concrete_fields
            if isinstance(one, _TEXT) and not one.choices and not one.primary_key
        ]

    def blanks(self):
        """{column: what it holds when it says nothing} of all that goes."""
        stay = {name for what in WAYS for name in self.columns(what)}
        return {one.name: _blank(one) for one in self.texts() if one.name not in stay}


@cache
def tables():
    """Table by table, from the lead on."""
    found: dict[Any, list[str]] = {Lead: ["pk"]}
    level: list[Any] = [Lead]
    while level:
        further: dict[Any, list[str]] = {}
        for model in level:
            for relation in model._meta.get_fields(include_hidden=True):
                if not (relation.one_to_many or relation.one_to_one) or relation.concrete:
                    continue
                child, name = relation.related_model, relation.field.name
                if child not in found:
                    paths = [name if path == "pk" else f"{name}__{path}" for path in found[model]]
                    further.setdefault(child, []).extend(paths)
        found |= further
        level = list(further)
    return [Table(model, tuple(paths)) for model, paths in found.items()]


@contextmanager
def alterable(*models):
    """Rows that are otherwise never changed may be changed inside, by this connection alone."""
    locks = (pgtrigger.ReadOnly, pgtrigger.Protect)
    uris = [
        f"{model._meta.label}:{trigger.name}"
        for model in models
        for trigger in getattr(model._meta, "triggers", [])
        if isinstance(trigger, locks)
    ]
    if not uris:  # to name none would lift all
        yield
        return
    with pgtrigger.ignore(*uris):
        yield


def _blank(one):
    if one.null:
        return None
    if isinstance(one, models.JSONField | ArrayField):
        return one.get_default() if one.has_default() else {}
    return ""
