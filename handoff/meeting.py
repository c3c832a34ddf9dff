"""Somebody whom a rep met, at a fair perhaps: found among the leads or entered, then claimed."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from leads.capture import capture
from leads.forms import company_named
from leads.models import Lead
from leads.perform import perform, sources

SHOWN, LETTERS = 5, 3
SOURCE = "Met by sales"


def found(user, text):
    """(leads that this person sees anyway, leads of marketing that they may claim): few of each,
    by name, email or company. No more is told of the latter than it takes to recognise them."""
    if len(text.strip()) < LETTERS:
        return [], []
    leads = Lead.objects.select_related("company").order_by("-score", "-pk")
    claimable = leads.filter(stage__in=sources("claim")).matching(text)[:SHOWN]
    others = leads.visible_to(user).exclude(stage__in=sources("claim")).matching(text)[:SHOWN]
    return list(others), list(claimable)


@transaction.atomic
def claim(user, *, now, discovery_at, note="", lead=None, **person):
    """Claim this lead, else the one with the email of `person`, else one that is born with it.

    Returns the fresh lead. Raises the Refusal of the claim; then nobody is born either.
    """
    lead = lead or _known(person["email"]) or _born(user, now, **person)
    return perform(lead, "claim", by=user, now=now, discovery_at=discovery_at, note=note)


def _known(email):
    return (
        Lead.objects.alias(low=Lower("email")).filter(low=email.lower()).first() if email else None
    )


def _born(user, now, *, company="", **person):
    try:
        with transaction.atomic():
            return capture(
                now=now, by=user, source=SOURCE, company=company_named(company), **person
            )
    except IntegrityError:  # somebody entered them at the same moment
        return _known(person["email"])
