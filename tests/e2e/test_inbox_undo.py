"""After an undo in the sales inbox the keys go on where they were."""

from playwright.sync_api import expect

from handoff import inbox
from leads.lifecycle import NURTURE
from tests.e2e.test_story import reject_keys


def test_after_an_undo_keys_go_on_where_they_were(tab, market):
    """Far down, where the page had grown, and among the offers of the whole team."""
    last = market.offers(inbox.PAGE + 2)[-1]
    page = tab(market.lena)
    page.goto("/inbox/?team")
    card = page.locator(f"#offer-{last.pk}")
    expect(card).to_have_count(0)
    page.evaluate("document.getElementById('more').scrollIntoView()")
    expect(card).to_be_attached()  # the next come when the end is near
    card.focus()
    page.keyboard.press("a")
    expect(card).to_have_count(0)
    page.keyboard.press("u")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    expect(card).to_have_attribute("aria-current", "true")
    expect(page.locator("#scope [aria-current]")).to_contain_text("My team")
    for key in reject_keys(card, "Low intent", "Content only"):
        page.keyboard.press(key)
    expect(card).to_have_count(0)
    last.refresh_from_db()
    assert last.stage == NURTURE
