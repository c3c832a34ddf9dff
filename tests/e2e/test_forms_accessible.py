"""axe finds nothing on the pages of forms: those of anybody, those of marketing, the admin's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from intake import confirming
from intake.models import Submission
from tests.e2e.axe import axe, looks
from tests.intake.form_world import BROWSER, a_form


@pytest.fixture(scope="module")
def addresses(market):
    """{what: its address}"""
    form = a_form(
        "axe", name="Live demo", intro="Half an hour, your own meters.", double_opt_in=True,
        consent="axe-news", asks=["lead.phone", "lead.country", "company.employees"],
        origins=["https://www.kempen.example"],
    )  # fmt: skip
    form.fields.filter(target="lead.country").update(choices="DE\nBE")
    a_form("closed", consent="", name="Webinar 2025", is_active=False)
    states = {"suspected": "It filled in a field that nobody sees", "dropped": "", "received": ""}
    for state, why in states.items():
        sent = Submission.objects.create(
            form=form, token=state, state=state, why=why, payload={"lead.email": f"{state}@x.test"},
            received_at=timezone.now(), address="x", site="http://127.0.0.1",
        )  # fmt: skip
    return {
        "form": reverse("forms:detail", args=[form.pk]),
        "admin form": reverse("admin:intake_captureform_change", args=[form.pk]),
        "confirm": confirming.link(sent).removeprefix("http://127.0.0.1"),
    }


def refused(page):
    page.get_by_role("button", name="Send").click()
    page.locator(".errorlist").first.wait_for()


VIEWS = {
    "forms": ("ivana", "/forms/", None),
    "form": ("ivana", "form", None),
    "form to look at": ("marta", "form", lambda page: page.get_by_text("To look at").click()),
    "admin forms": ("marta", "/admin/intake/captureform/", None),
    "admin form": ("marta", "admin form", None),
    "admin consent text": ("marta", "/admin/intake/consenttext/add/", None),
    "hosted": (None, "/f/axe/", None),
    "hosted refused": (None, "/f/axe/", refused),
    "hosted thanks": (None, "/f/axe/thanks/?mail", None),
    "hosted confirm": (None, "confirm", None),
    "hosted closed": (None, "/f/closed/", None),
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(tab, market, addresses, view):
    who, url, steps = VIEWS[view]
    person = getattr(market, who) if who else None
    page = tab(person, reduced_motion="reduce", user_agent=BROWSER["User-Agent"])
    page.goto(addresses.get(url, url))
    if steps:
        steps(page)
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), "\n".join(f"{at}: {line}" for at in found for line in found[at])
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "a phone shows it at its own width"
