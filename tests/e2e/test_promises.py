"""What the agreement promises the rep, kept by a real worker: who asks to be contacted is on top of
the open inbox within a minute at any score, and who asked to be called later is back on the day.
"""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff import agreements
from leads.models import Cycle, Lead
from leads.perform import perform
from scoring.scores import rescore
from tests.e2e.recording import did, ring
from tests.e2e.test_inbox import order
from tests.factories import CompanyFactory, LeadFactory

MINUTE = 60
IN_MARCH = "Call me in March, when the budget is there."


@pytest.fixture(scope="module")
def waiting(market):
    """Offers that Tomáš has been thinking about; made before the worker may hand them off."""
    return [f"offer-{lead.pk}" for lead in market.offers(3, market.tomas)]


@pytest.fixture(scope="module")
def dated(market, waiting):
    """Accepted by Tomáš, then given back with a date."""
    (lead,) = market.accepted(1, market.tomas)
    until = timezone.now() + timedelta(days=100)
    said = {"reason": "bad_timing", "until": until, "note": IN_MARCH}
    return perform(lead, "recycle", by=market.tomas, **said)


@pytest.fixture(scope="module")
def cold(market, waiting):
    """All data that the agreement requires, and nothing that speaks for them: D4."""
    company = CompanyFactory(industry="Fishing", employees=12, country="ES")
    lead = LeadFactory(company=company, country="ES", created_at=timezone.now())
    model = agreements.in_force().scoring_model
    rescore([lead.pk], model, now=timezone.now())
    lead.refresh_from_db()
    assert (lead.grade, lead.stage) == ("D4", "unqualified")
    return lead


@pytest.mark.timeout(150)
def test_a_contact_request_is_on_top_of_an_open_inbox_within_a_minute_at_any_score(
    tab, market, waiting, dated, cold, worker, environment, record_property
):
    page = tab(market.tomas)
    page.goto("/inbox/")
    assert order(page) == waiting
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("l")  # other, with a note
    note = page.locator(f"#{waiting[1]}").get_by_role("textbox", name="Note")
    note.fill("half a note")
    page.evaluate("window.isTheSamePage = true")

    written = did(cold, "contact_request", environment)
    card = page.locator(f"#offer-{cold.pk}")
    expect(card).to_be_visible(timeout=1000 * MINUTE)
    seconds = time.time() - written
    record_property("seconds until the card shows", seconds)
    assert seconds < MINUTE

    assert order(page) == [card.get_attribute("id"), *waiting]
    expect(card).to_contain_text("Hand-raise")
    expect(card).to_contain_text("first touch due")
    expect(card.locator("[data-left]")).to_contain_text("left of 1 h")
    assert page.evaluate("window.isTheSamePage")
    expect(note).to_be_focused()
    expect(note).to_have_value("half a note")
    assert page.locator("[data-panel]:not([hidden])").count() == 1
    fresh = Lead.objects.get(pk=cold.pk)
    assert (fresh.stage, fresh.owner, fresh.grade[0]) == ("handed_off", market.tomas, "D")


@pytest.mark.timeout(150)
def test_who_asked_to_be_called_later_is_back_on_the_day_with_the_old_note_on_top(
    tab, market, dated, worker, environment
):
    page = tab(market.tomas)
    page.goto("/inbox/")
    card = page.locator(f"#offer-{dated.pk}")
    expect(card).to_have_count(0)
    today = timezone.now()
    Lead.objects.filter(pk=dated.pk).update(due_at=today, hold_until=today)  # it is March
    ring("handoff.tasks.wake_due", environment)
    expect(card).to_be_visible(timeout=1000 * MINUTE)
    expect(card).to_contain_text("Cycle 2")
    expect(card).to_contain_text("Why me: asked to come back to you")
    expect(card.locator("p").first).to_contain_text(re.compile(f"Tomáš Novák on .*: {IN_MARCH}"))
    first, second = Cycle.objects.filter(lead=dated).order_by("number")
    assert (first.outcome, second.outcome, second.origin) == ("recycled", "open", "recycled")
