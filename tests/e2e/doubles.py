"""Two who may be one person, and two who were merged, for the market of the browser's tests."""

from django.urls import reverse
from django.utils import timezone

from leads.duplicates import searching
from leads.duplicates.merging import merge
from tests.factories import CompanyFactory, LeadFactory


def doubled(market):
    """{what: its address} of pages about them."""
    now = timezone.now()
    acme = CompanyFactory(name="Kempen Packaging")
    facts = {"first_name": "Ilse", "last_name": "Janssens", "phone": "+32 14 55 01 42"}
    facts |= {"company": acme, "city": "Kempen"}
    one, other = (
        LeadFactory(**facts | said)
        for said in ({"city": "", "job_title": "Buyer"}, {"job_title": "Plant manager"})
    )
    winner, loser = LeadFactory(last_name="Lund"), LeadFactory(last_name="Lunde")
    searching.look([one.pk, other.pk], now)
    merge(winner, loser, by=market.ivana, now=now)
    return {
        "merge": reverse("duplicates:compare", args=[one.pk, other.pk]),
        "lead there twice": one.get_absolute_url(),
        "lead merged": loser.get_absolute_url(),
        "lead with a part": winner.get_absolute_url(),
    }
