"""From a discovery call over SQL to a customer, by the rep in the browser."""

from playwright.sync_api import expect

from leads.lifecycle import CUSTOMER, SQL
from tests.e2e.test_keyboard import assert_stage


def test_a_rep_leads_the_call_qualifies_and_wins(tab, market):
    (lead,) = market.accepted(1, market.tomas)
    page = tab(market.tomas)
    page.goto(lead.get_absolute_url())
    page.get_by_role("link", name="Discovery").first.click()
    for question in ("budget", "need", "timeline"):
        page.locator(f"label[for$={question}_value_yes]").click()
    expect(page.locator("#rail")).to_contain_text("3 of")
    page.locator("[name=budget_evidence]").fill("20,000 set aside for 2027")
    page.locator("[name=next_step_at]").fill("2031-03-04T10:00")
    page.locator("[name=amount]").fill("18500")
    page.get_by_role("button", name="Qualify as SQL").click()
    expect(page.locator("h1")).to_have_text(str(lead))
    assert_stage(lead, SQL)
    page.get_by_role("link", name="Win").click()
    page.locator("dialog [name=amount]").fill("18500")
    page.locator("dialog").get_by_role("button", name="Win").click()
    expect(page.locator("#toasts")).to_contain_text("Won")
    assert_stage(lead, CUSTOMER)
    expect(page.locator("#timeline")).to_contain_text("Customer")
