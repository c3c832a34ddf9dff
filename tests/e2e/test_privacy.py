"""Consent and privacy in a browser: axe finds nothing, and a person is erased by keyboard."""

import pytest
from django.urls import reverse
from django.utils import timezone

from leads import consents, erasing, retention
from leads.models import Consent, Lead, RetentionRun
from tests.e2e.axe import axe, looks


@pytest.fixture(scope="module")
def people(market):
    """{what: its address}"""
    now = timezone.now()
    lead, gone = market.offers(2, market.tomas)
    said = {"lead": lead, "purpose": "phone", "happened_at": now, "proof": {"form": "Fair"}}
    consents.record([Consent(given=True, text="Call me.", **said)], now=now)
    erasing.erase([gone.pk], by=market.claire, now=now)
    RetentionRun.objects.create(
        rule=retention.rules()[0], before=now, started_at=now, error="no disk"
    )
    return {
        "consent": reverse("leads:consent", args=[lead.pk]),
        "person": reverse("privacy:person", args=[lead.pk]),
        "erased": gone.get_absolute_url(),
        "erased person": reverse("privacy:person", args=[gone.pk]),
    }


def wrong(name):
    def steps(page):
        page.get_by_role("button", name=name).click()
        page.locator(".errorlist").first.wait_for()

    return steps


VIEWS = {
    "lead": ("claire", "erased", None),
    "consent": ("ivana", "consent", None),
    "consent refused": ("ivana", "consent", wrong("Record")),
    "privacy": ("claire", "/privacy/?counts=1", None),
    "privacy of nobody": ("claire", "/privacy/?q=nobody@x.example", wrong("Erase the address")),
    "person": ("claire", "person", wrong("Erase for ever")),
    "erased person": ("claire", "erased person", None),
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(tab, market, people, view):
    who, url, steps = VIEWS[view]
    page = tab(getattr(market, who), reduced_motion="reduce")
    page.goto(people.get(url, url))
    if steps:
        steps(page)
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), "\n".join(f"{at}: {line}" for at in found for line in found[at])


def test_a_person_is_erased_by_keyboard(tab, market):
    (lead,) = market.offers(1, market.tomas)
    page = tab(market.claire)
    page.goto("/privacy/")
    page.get_by_label("Email or phone number").focus()
    page.keyboard.type(lead.email)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=str(lead)).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Type “erase” to confirm").focus()
    page.keyboard.type("erase")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Privacy: Erased person").wait_for()
    assert Lead.objects.get(pk=lead.pk).email == ""
