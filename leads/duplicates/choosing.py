"""Field by field: what the winner of a merge keeps, and what it takes from the loser."""

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.lifecycle import (
    CUSTOMER,
    DISQUALIFIED,
    HANDED_OFF,
    LOST,
    MQL,
    NURTURE,
    SAL,
    SQL,
    UNQUALIFIED,
)
from leads.models import Attribute, LeadAttributes

OURS, THEIRS = "ours", "theirs"
FIELDS = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("Email"),
    "phone": gettext_lazy("Phone"),
    "external_id": gettext_lazy("External ID"),
    "job_title": gettext_lazy("Job title"),
    "company": gettext_lazy("Company"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
    "interest": gettext_lazy("Interest"),
    "source": gettext_lazy("Source"),
    "campaign": gettext_lazy("Campaign"),
    "referred_by": gettext_lazy("Referred by"),
    "consent_basis": gettext_lazy("Consent basis"),
    "on_target_list": gettext_lazy("On the target list"),
}
KEYS = ["email", "external_id"]  # unique: who takes one gives its own
_ATTRIBUTE = "attr."
_WAY = [DISQUALIFIED, LOST, UNQUALIFIED, NURTURE, MQL, HANDED_OFF, SAL, SQL, CUSTOMER]


@dataclass(frozen=True)
class Row:
    """One fact of both. `name`: a column of Lead, or attr.code; `pick`: whose value is kept."""

    name: str
    label: str
    ours: Any
    theirs: Any
    pick: str

    @property
    def differs(self):
        return self.ours != self.theirs


def in_order(one, other):
    """(winner, loser): who is further on stays, else the older."""
    ranked = sorted((one, other), key=lambda lead: (-_WAY.index(lead.stage), lead.pk))
    return ranked[0], ranked[1]


def rows(winner, loser, said=None):
    """Every fact that one of the two has. `said`: {name: OURS or THEIRS}, what was picked."""
    said = said or {}
    prefetch_related_objects([winner, loser], "company", "campaign", "referred_by")
    found = []
    for name, label in FIELDS.items():
        ours, theirs = getattr(winner, name), getattr(loser, name)
        if name == "referred_by" and theirs == winner:  # nobody refers themselves
            theirs = None
        found.append(_row(name, str(label), ours, theirs, said))
    mine, others = _values(winner, loser)
    labels = dict(
        Attribute.objects.filter(code__in={**mine, **others})
        .order_by("label")
        .values_list("code", "label")
    )
    for code, label in labels.items():
        name = f"{_ATTRIBUTE}{code}"
        found.append(_row(name, label, mine.get(code), others.get(code), said))
    return [row for row in found if not (_blank(row.ours) and _blank(row.theirs))]


def taken(found):
    """(columns, attributes) that change for the winner: {name: value}."""
    changes = {row.name: row.theirs for row in found if row.pick == THEIRS and row.differs}
    attributes = {
        name.removeprefix(_ATTRIBUTE): value
        for name, value in changes.items()
        if name.startswith(_ATTRIBUTE)
    }
    return {n: v for n, v in changes.items() if not n.startswith(_ATTRIBUTE)}, attributes


def label_of(name):
    """The words of a column or attr.code that a merge has changed."""
    if name == "do_not_contact":
        return _("Asked not to be contacted")
    return str(FIELDS.get(name.removesuffix("_id"), FIELDS.get(name, name.removeprefix("attr."))))


def _row(name, label, ours, theirs, said):
    usual = THEIRS if _blank(ours) and not _blank(theirs) else OURS
    pick = said.get(name)
    return Row(name, label, ours, theirs, pick if pick in (OURS, THEIRS) else usual)


def _values(winner, loser):
    rows = LeadAttributes.objects.in_bulk([winner.pk, loser.pk])
    return [rows[lead.pk].values if lead.pk in rows else {} for lead in (winner, loser)]


def _blank(value):
    return value in ("", None, False)
