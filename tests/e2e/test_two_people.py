"""Two people, two tabs: who was faster is told by name."""

from playwright.sync_api import expect


def test_the_second_accept_is_told_who_took_it_and_the_stale_card_leaves(tab, market):
    (lead,) = market.offers(1)
    tomas, lena = tab(market.tomas), tab(market.lena)
    for page in (tomas, lena):
        page.goto("/inbox/")
        expect(page.locator(f"#offer-{lead.pk}")).to_be_visible()
    tomas.keyboard.press("a")
    expect(tomas.locator(f"#offer-{lead.pk}")).to_have_count(0)
    with lena.expect_response("**/inbox/*/accept/") as answer:
        lena.keyboard.press("a")
    assert answer.value.status == 409
    expect(lena.locator("#toasts")).to_contain_text("Tomáš Novák")
    expect(lena.locator(f"#offer-{lead.pk}")).to_have_count(0)


def test_the_second_reviewer_is_told_and_goes_on_with_the_next_lead(tab, market):
    lead, _other = market.mqls(2)
    ivana, marta = tab(market.ivana), tab(market.marta)
    for page in (ivana, marta):
        page.goto(f"/review/{lead.pk}/")
    ivana.keyboard.press("a")
    expect(ivana.locator("#preview h2")).not_to_have_text(str(lead))
    marta.keyboard.press("a")
    expect(marta.locator("#toasts")).to_contain_text("Ivana Petrova")
    expect(marta.locator("#preview h2")).not_to_have_text(str(lead))
    expect(marta.locator(f"#row-{lead.pk}")).to_have_count(0)
