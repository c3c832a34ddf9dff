"""Two managers sign an agreement in the admin; only then is anything handed off."""

from playwright.sync_api import expect

from handoff import agreements


def test_two_managers_sign_a_starter_in_the_admin(tab, market):
    marta, claire = tab(market.marta), tab(market.claire)
    marta.goto("/admin/handoff/agreement/")
    marta.get_by_role("button", name="Education").click()
    draft = marta.url
    marta.get_by_role("button", name="Propose").click()
    sign(marta, "Sign for marketing")
    assert agreements.in_force() is None
    expect(marta.get_by_role("button", name="Sign for sales")).to_have_count(0)
    claire.goto(draft)
    sign(claire, "Sign for sales")
    agreement = agreements.in_force()
    assert [str(one.user) for one in agreement.signatures.order_by("pk")] == [
        "Marta Lindqvist",
        "Claire Dubois",
    ]
    claire.goto("/")
    expect(claire.locator("body")).to_contain_text(f"Agreement v{agreement.version} in force")


def sign(page, words):
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name=words).click()
    expect(page.locator("body")).to_contain_text("Signed.")
