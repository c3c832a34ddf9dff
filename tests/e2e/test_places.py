"""Every address is a page: back, reload, pushed addresses, and nothing typed is lost."""

from playwright.sync_api import expect


def test_back_from_a_lead_shows_the_review_where_it_was(tab, market):
    market.mqls(3)
    page = tab(market.ivana)
    page.goto("/review/")
    opened = page.locator("#preview h2").inner_text()
    page.keyboard.press("a")
    expect(page.locator("#preview h2")).not_to_have_text(opened)
    following = page.locator("#preview h2").inner_text()
    page.locator("#preview h2 a").click()
    expect(page.locator("h1")).to_have_text(following)
    page.go_back()
    expect(page.locator("h1")).to_have_text("MQL review")
    expect(page.locator("#preview h2")).to_have_text(following)
    expect(page.locator("nav[aria-label=Pages]")).to_be_visible()


def test_an_address_that_htmx_pushed_is_a_whole_page(tab, market):
    market.mqls(3)
    page = tab(market.ivana)
    page.goto("/review/")
    first = page.locator("#preview h2").inner_text()
    page.keyboard.press("j")
    expect(page.locator("#preview h2")).not_to_have_text(first)
    page.wait_for_url("**/review/*/**")
    opened = page.locator("#preview h2").inner_text()
    page.reload()
    expect(page.locator("#preview h2")).to_have_text(opened)
    expect(page.locator("[data-row]").nth(1)).to_be_visible()
    page.go_back()
    expect(page.locator("#preview h2")).to_have_text(first)
    expect(page.locator("nav[aria-label=Pages]")).to_be_visible()


def test_a_filtered_list_is_an_address(tab, market):
    lead, _other = market.mqls(2)
    page = tab(market.ivana)
    page.goto("/leads/")
    page.locator("#search").fill(lead.last_name)
    page.locator("#search").press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.wait_for_url(f"**q={lead.last_name}**")
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row] a[data-main]").click()
    expect(page.locator("h1")).to_have_text(str(lead))
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_refused_call_keeps_all_that_was_typed(tab, market):
    (lead,) = market.accepted(1, market.tomas)
    page = tab(market.tomas)
    page.goto(f"/leads/{lead.pk}/discovery/")
    page.locator("label[for$=need_value_yes]").click()
    page.locator("[name=need_evidence]").fill("Two halls first.")
    page.locator("[name=notes]").fill("Ask for Dirk.")
    page.get_by_role("button", name="Qualify as SQL").click()
    expect(page.locator("[aria-invalid=true], .errorlist").first).to_be_visible()
    expect(page.locator("[name=need_evidence]")).to_have_value("Two halls first.")
    expect(page.locator("[name=notes]")).to_have_value("Ask for Dirk.")
    expect(page.locator("[name=need_value][value=yes]")).to_be_checked()
