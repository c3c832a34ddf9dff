"""The fields that conditions read: of lead and company, of other apps, and custom attributes."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string

from leads.conditions.vocabulary import Operator, operators
from leads.models import Attribute, Campaign, Company


@dataclass(frozen=True)
class Rows:
    """Append-only rows beside the leads: the newest tells the value."""

    model: type[Model]  # it has a `lead`
    column: str
    recorded_at: str  # the name of its moment
    where: dict[str, Any] = field(default_factory=dict, hash=False)
    happened_at: str = ""  # which is the newest, where that is not what was recorded last

    def newest(self, lead, as_of=None):
        """`lead`: an outer reference. The value alone, of the newest row by then."""
        rows = self.model._default_manager.filter(lead=lead, **self.where)
        if as_of:
            rows = rows.filter(**{f"{self.recorded_at}__lte": as_of})
        newest = self.happened_at or self.recorded_at
        return rows.order_by(f"-{newest}", "-pk").values(self.column)[:1]


@dataclass(frozen=True)
class Field:
    """`key` is how conditions name it; `barred` says why no new condition may read it."""

    key: str
    label: str
    kind: str
    barred: str = ""
    options: tuple[tuple[str, str], ...] = ()
    rows: Rows | None = None

    @property
    def subject(self) -> str:
        """lead, company, attr, or of another app."""
        return self.key.partition(".")[0]

    @property
    def column(self) -> str:
        """The column of lead or company, or the code of the attribute."""
        name = self.key.partition(".")[2]
        return f"{name}_id" if self.kind in ("campaign", "company") else name

    @property
    def operators(self) -> dict[str, Operator]:
        return operators(self.kind)

    @property
    def choices(self) -> list[tuple]:
        """(value, label) pairs; those of campaigns are read from the database."""
        return campaigns() if self.kind == "campaign" else list(self.options)


_BUILT_IN = [
    Field("lead.email", "email", "text"),
    Field("lead.first_name", "first name", "text"),
    Field("lead.last_name", "last name", "text"),
    Field("lead.phone", "phone", "text"),
    Field("lead.job_title", "job title", "text"),
    Field("lead.city", "city", "text"),
    Field("lead.country", "country", "text"),
    Field("lead.interest", "interest", "text"),
    Field("lead.source", "source", "text"),
    Field("lead.campaign", "campaign", "campaign"),
    Field("lead.consent_basis", "consent basis", "text"),
    Field("lead.do_not_contact", "do not contact", "boolean"),
    Field("lead.on_target_list", "on the target list", "boolean"),
    Field("lead.external_id", "external id", "text"),
    Field("lead.company", "company", "company"),
    Field("lead.created_at", "created", "date"),
    Field("company.name", "company name", "text"),
    Field("company.domain", "company domain", "text"),
    Field("company.industry", "company industry", "text"),
    Field("company.employees", "company employees", "number"),
    Field("company.revenue", "company revenue", "number"),
    Field("company.country", "company country", "text"),
    Field("company.city", "company city", "text"),
    Field(
        "company.relationship",
        "company relationship",
        "choice",
        options=tuple(Company.Relationship.choices),
    ),
]
_BY_KEY = {one.key: one for one in _BUILT_IN}


def fields(attributes=None) -> list[Field]:
    """What a new condition may read, in the order of a form. `attributes`: Attribute rows, when
    the caller has them already."""
    if attributes is None:
        attributes = Attribute.objects.order_by("label", "code")
    custom = [_custom(attribute) for attribute in attributes]
    return [*_BUILT_IN, *_elsewhere(), *(one for one in custom if not one.barred)]


def find(key, attributes=None) -> Field | None:
    """The field of this key, barred or not; None when there is none."""
    if not key.startswith("attr."):
        return _BY_KEY.get(key) or next((one for one in _elsewhere() if one.key == key), None)
    code = key.removeprefix("attr.")
    if attributes is None:
        attributes = Attribute.objects.filter(code=code)
    return next((_custom(a) for a in attributes if a.code == code), None)


def leaves_no_change(condition) -> bool:
    """Does it read what is no fact of the lead: its moves, or rows of another app?"""
    said = str(condition)
    return "'stage'" in said or any(f"'{one.key}'" in said for one in _elsewhere())


def campaigns() -> list[tuple]:
    return list(Campaign.objects.order_by("name").values_list("pk", "name"))


@cache
def _elsewhere() -> list[Field]:
    """Of other apps, named in the settings because nothing here may import them."""
    return [one for path in settings.LEAD_FACTS for one in import_string(path)]


def _custom(attribute):
    barred = ""
    if attribute.archived_at:
        barred = "archived"
    elif attribute.known_since == Attribute.Known.AFTER:
        barred = "known after the outcome and barred from rules"
    return Field(f"attr.{attribute.code}", attribute.label, attribute.kind, barred)
