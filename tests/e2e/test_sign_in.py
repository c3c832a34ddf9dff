"""Coming in, and coming back."""

from tests.e2e.market import PASSWORD


def test_a_person_signs_in_with_email_and_password(tab, market):
    page = tab()
    page.goto("/imports/")
    assert "/account/login/" in page.url
    sign_in(page, market.ivana, "wrong donkey")
    page.get_by_text("not correct").wait_for()
    sign_in(page, market.ivana, PASSWORD)
    page.wait_for_url("**/imports/")


def test_an_expired_session_leads_to_sign_in_and_back_to_the_same_page(tab, market):
    lead, _other = market.mqls(2)
    page = tab(market.ivana)
    page.goto(f"/review/{lead.pk}/")
    page.context.clear_cookies()
    page.keyboard.press("a")
    page.wait_for_url("**/account/login/**")
    sign_in(page, market.ivana, PASSWORD)
    page.wait_for_url(f"**/review/{lead.pk}/")
    page.locator("#preview").get_by_role("link", name=str(lead)).wait_for()


def sign_in(page, person, password):
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
