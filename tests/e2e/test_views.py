"""Conditions and saved views over the list of leads, in a real browser."""

import pytest
from playwright.sync_api import expect

from leads.models import SavedView
from tests.e2e.axe import axe, looks


@pytest.fixture(scope="module")
def leads(market):
    return market.mqls(3)


def typed(page, value):
    page.locator("[name='where.0-0.subject']").select_option("lead.country")
    page.locator("[name='where.0-0.op']").select_option("is")
    page.locator("[name='where.0-0.value']").fill(value)
    page.locator("[name='where.0-0.value']").press("Tab")


def test_a_view_is_made_in_the_dialog_and_stands_as_a_tab(tab, market, leads):
    page = tab(market.ivana)
    page.goto("/leads/?stage=mql")
    page.get_by_role("link", name="Condition, save view").press("Enter")
    dialog = page.get_by_role("dialog")
    typed(page, "DE")
    expect(dialog).to_contain_text("country is DE · 3 leads match.")
    dialog.get_by_role("button", name="Save as a new view").click()
    expect(dialog).to_contain_text("A view needs a name.")
    dialog.get_by_label("Name").fill("German MQLs")
    dialog.get_by_label("Everybody sees it").check()
    dialog.get_by_role("button", name="Save as a new view").click()
    current = page.get_by_role("link", name="German MQLs")
    expect(current).to_have_attribute("aria-current", "page")
    expect(page.locator("[data-row]")).to_have_count(3)
    page.locator("#id_source").fill("Nowhere")
    page.locator("#id_source").press("Tab")
    expect(page.locator("[data-row]")).to_have_count(0)
    view = SavedView.objects.get()
    page.wait_for_url(lambda url: f"view={view.pk}" in url and "source=Nowhere" in url)
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator(".where")).to_have_count(0)
    page.go_back()
    expect(current).to_have_attribute("aria-current", "page")


def test_enter_in_the_dialog_shows_the_leads(tab, market, leads):
    page = tab(market.ivana)
    page.goto("/leads/")
    page.get_by_role("link", name="Condition, save view").click()
    typed(page, "AT")
    page.locator("[name='where.0-0.value']").press("Enter")
    expect(page.locator(".where")).to_contain_text("Where country is AT")
    expect(page.locator("[data-row]")).to_have_count(0)


def test_without_javascript_a_view_is_built_by_pages(tab, market, leads):
    page = tab(market.ivana, java_script_enabled=False)
    page.goto("/leads/")
    page.get_by_role("link", name="Condition, save view").click()
    page.locator("[name='where.0-0.subject']").select_option("lead.country")
    page.get_by_role("button", name="Show what fits").click()
    page.locator("[name='where.0-0.op']").select_option("is")
    page.get_by_role("button", name="Show what fits").click()
    page.locator("[name='where.0-0.value']").fill("DE")
    page.get_by_role("button", name="Add row to group").click()
    page.get_by_role("button", name="Remove row 2").click()
    page.get_by_role("button", name="Show the leads").click()
    expect(page.locator("[data-row]")).to_have_count(3)


@pytest.mark.parametrize("scripts", [True, False])
def test_axe_finds_nothing(tab, market, leads, scripts):
    page = tab(market.ivana, reduced_motion="reduce")
    if scripts:
        page.goto("/leads/?stage=mql")
        page.get_by_role("link", name="Condition, save view").click()
        typed(page, "DE")
    else:
        page.goto("/leads/view/?stage=mql")
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), "\n".join(f"{at}: {line}" for at in found for line in found[at])
