"""On a phone every page is reached and none is wider than the screen."""

import pytest
from playwright.sync_api import expect

EVERYWHERE = [
    "/", "/review/", "/inbox/", "/pipeline/", "/leads/", "/agreement/", "/feedback/", "/scoring/",
    "/campaigns/", "/imports/", "/forms/", "/privacy/", "/duplicates/", "/checks/",
    "/insights/scorecard/", "/notices/",
]  # fmt: skip


@pytest.fixture(scope="module")
def filled(market):
    market.mqls(2), market.offers(2)


def test_what_has_no_tab_is_in_the_menu(tab, market):
    page = tab(market.marta, phone=True)
    page.goto("/")
    page.locator(".topbar summary").click()
    page.locator(".menu-panel").get_by_role("link", name="Duplicates").click()
    expect(page.locator("h1")).to_have_text("Duplicates")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator(".topbar summary").click()
    expect(page.locator(".menu-panel").get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.locator(".menu-panel").get_by_role("link", name="Duplicates")).to_be_hidden()


def test_no_page_is_wider_than_the_phone(tab, market, filled):
    page = tab(market.marta, phone=True)
    wide = []
    for url in EVERYWHERE:
        page.goto(url, wait_until="networkidle" if url == "/" else "load")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(url)
    assert not wide
