"""What a person allows, in words: the card of a lead, and the lines of its ledger."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from leads.models import Consent
from leads.telling import day


@dataclass(frozen=True)
class Standing:
    """`given`: None when nobody ever asked."""

    label: str
    given: bool | None
    words: str


def standings(entries):
    """One for each purpose, of what consents.standing_of_lead() found."""
    known = {one["purpose"]: one for one in entries}
    return [
        _standing(purpose, known[purpose]) if purpose in known else _unknown(purpose)
        for purpose in Consent.Purpose
    ]


def _standing(purpose, said):
    words = {"day": day(parse_datetime(said["at"])), "basis": Consent.Basis(said["basis"]).label}
    if said["given"]:
        text = _("yes, since %(day)s: %(basis)s") % words
        text = f"{text}, {said['version']}" if said["version"] else text
    else:
        text = _("no, since %(day)s") % words
    return Standing(str(purpose.label), said["given"], text)


def _unknown(purpose):
    return Standing(str(purpose.label), None, _("not asked"))


def ledger(lead):
    """Every entry, newest first, each with its `proofs`: [(what, the words)]."""
    entries = list(lead.consents.select_related("by").order_by("-happened_at", "-pk"))
    for entry in entries:
        proof = entry.proof if isinstance(entry.proof, dict) else {"": entry.proof}
        entry.proofs = [(name.replace("_", " "), value) for name, value in proof.items() if value]
    return entries
