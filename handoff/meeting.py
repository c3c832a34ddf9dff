"""Somebody whom a rep met, at a fair perhaps: found among the leads or entered, then claimed."""

from django.db import transaction

from leads.arriving import arrive
from leads.entering import new_person
from leads.models import Lead
from leads.perform import perform, sources

SHOWN, LETTERS = 5, 3
SOURCE = "Met by sales"


def found(user, text):
    """(leads that this person sees anyway, leads of marketing that they may claim): few of each,
    by name, email or company. No more is told of the latter than it takes to recognise them."""
    if len(text.strip()) < LETTERS:
        return [], []
    leads = Lead.objects.unmerged().select_related("company").order_by("-score", "-pk")
    free = leads.filter(stage__in=sources("claim"))
    claimable = free.matching(text)[:SHOWN]
    others = leads.visible_to(user).exclude(stage__in=sources("claim")).matching(text)[:SHOWN]
    return list(others), list(claimable)


@transaction.atomic
def claim(user, *, now, discovery_at, note="", lead=None, **person):
    """Claim this lead, else whoever `person` is already, else one that is born.

    Returns the fresh lead. Raises the Refusal of the claim; then nobody is born either.
    """
    lead = lead or _arrived(user, now, person)
    return perform(lead, "claim", by=user, now=now, discovery_at=discovery_at, note=note)


def _arrived(user, now, said):
    person = new_person(said | {"source": SOURCE})
    arrive([person], now=now, source=f"page, {user.email}", by=user)
    if person.refusal:
        raise person.refusal
    return person.lead
