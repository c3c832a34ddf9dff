"""A rejection is read and disputed by marketing, settled by a sales manager, read by the rep."""

from playwright.sync_api import expect

from leads.lifecycle import MQL
from leads.perform import perform
from tests.e2e.test_keyboard import assert_stage

QUOTE = "They asked for a quote on Monday."
RIGHT = "Right, they called twice. Please review it again."


def rejected(market):
    (lead,) = market.offers(1, market.tomas)
    said = {"reason": "low_intent", "detail": "content_only", "note": "Wants the brochure."}
    perform(lead, "reject", by=market.tomas, **said)
    return lead


def test_a_dispute_from_the_bell_of_the_marketer_to_the_timeline_of_the_rep(tab, market, worker):
    ivana, claire, tomas = tab(market.ivana), tab(market.claire), tab(market.tomas)
    lead = rejected(market)

    opens_newest(ivana, f"Tomáš Novák rejected {lead}")
    expect(ivana.locator("article")).to_contain_text("Low intent: content only")
    ivana.get_by_label("What do you say to Tomáš Novák?").fill(QUOTE)
    ivana.get_by_role("button", name="Dispute", exact=True).click()
    expect(ivana.locator("#toasts")).to_contain_text(f"Disputed: {lead}")
    expect(ivana.locator("article")).to_contain_text(QUOTE)

    opens_newest(claire, f"Ivana Petrova disputed a decision about {lead}")
    claire.get_by_label("Why do you settle it so?").fill(RIGHT)
    claire.get_by_role("button", name="Back to review").click()
    expect(claire.locator("#toasts")).to_contain_text(f"Back to review: {lead}")
    assert_stage(lead, MQL)

    opens_newest(tomas, f"Claire Dubois settled the dispute about {lead}: back to review.")
    story = tomas.locator("#timeline")
    for words in ("Disputed, by Ivana Petrova", QUOTE, "Dispute settled, by Claire Dubois", RIGHT):
        expect(story).to_contain_text(words)


def opens_newest(page, words):
    """Once the worker has told it."""
    for _ in range(40):
        page.goto("/notices/")
        newest = page.locator("#notices a[data-main]").first
        if newest.count() and words in newest.inner_text():
            break
        page.wait_for_timeout(250)
    expect(newest).to_contain_text(words)
    newest.click()


def test_a_decision_is_answered_by_keys(tab, market):
    lead = rejected(market)
    page = tab(market.ivana)
    page.goto("/feedback/")
    card = page.locator("article", has_text=str(lead))
    while card.get_attribute("aria-current") != "true":
        page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.type("Noted, and thank you.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("“Noted, and thank you.”")
    expect(card).to_be_focused()
    expect(card.get_by_role("button")).to_have_count(0)
    page.keyboard.press("k")
    page.goto("/feedback/")
    expect(page.locator("article", has_text=str(lead))).to_have_count(0)


def test_an_empty_dispute_is_refused_at_its_place(tab, market):
    lead = rejected(market)
    page = tab(market.ivana)
    page.goto("/feedback/")
    card = page.locator("article", has_text=str(lead))
    card.get_by_role("button", name="Answer or dispute").click()
    card.get_by_role("button", name="Dispute", exact=True).click()
    expect(card.get_by_role("alert")).to_have_text("Say what is wrong with the decision.")
    expect(card.locator("textarea")).to_be_focused()
    page.keyboard.press("Escape")


def test_all_notices_are_read_at_once(tab, market, worker):
    page = tab(market.ivana)
    rejected(market)
    opens_newest(page, "Tomáš Novák rejected")
    rejected(market)
    page.wait_for_timeout(1_500)
    page.goto("/notices/")
    expect(page.locator("#count-notices")).not_to_be_empty()
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("#count-notices")).to_be_empty()
    expect(page.locator("#notices .text-blue")).to_have_count(0)
