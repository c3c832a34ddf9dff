"""The review by keyboard: mend, snooze, six views; and two people who look at one lead."""

import pytest
from playwright.sync_api import expect

from leads.lifecycle import HANDED_OFF, MQL
from leads.models import Lead
from tests.e2e import review_market
from tests.e2e.axe import axe, looks
from tests.e2e.test_keyboard import assert_stage, counted


@pytest.fixture(scope="module")
def views(market):
    return review_market.fill(market)


TABS = ["ready", "near", "fell", "recycled", "vetoed", "missing", "snoozed"]
STEPS = [*[(tab, "") for tab in TABS], ("missing", "a"), ("ready", "h"), ("near", "d")]


@pytest.mark.parametrize(("view", "key"), STEPS, ids=" ".join)
def test_axe_finds_nothing_in_any_view(tab, market, views, view, key):
    page = tab(market.ivana, reduced_motion="reduce")
    page.goto(f"/review/?tab={view}")
    expect(page.locator(f"#row-{views[view].pk}")).to_be_visible()
    if key:
        page.keyboard.press(key)
        page.locator("[data-panel]:not([hidden])").wait_for()
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), found


def test_who_has_a_lead_open_is_seen_by_others_until_they_move_on(tab, market, views):
    first, second = market.mqls(2)
    ivana, claire = tab(market.ivana), tab(market.claire)
    with ivana.expect_response("**/looking/"):
        ivana.goto(f"/review/{first.pk}/")
    with claire.expect_response("**/looking/"):
        claire.goto(f"/review/{second.pk}/")
    eye = claire.locator(f'[data-eye="{first.pk}"]')
    expect(eye).to_contain_text("Ivana")
    with ivana.expect_response(f"**/{second.pk}/looking/"):
        ivana.locator(f"#name-{second.pk}").click()
    expect(ivana.locator("#preview")).to_contain_text("Claire Dubois has it open")
    expect(ivana.locator(f'[data-eye="{second.pk}"]')).to_contain_text("Claire")
    with claire.expect_response(f"**/{first.pk}/looking/"):
        claire.locator(f"#name-{first.pk}").click()
    expect(eye).to_be_hidden()


def test_what_is_missing_is_typed_and_the_handoff_goes_on_without_a_mouse(tab, market, views):
    lead = views["missing"]
    page = tab(market.ivana)
    page.goto(f"/review/{lead.pk}/?tab=missing")
    with counted(page) as count:
        page.keyboard.press("a")
        expect(page.locator("#mend_phone")).to_be_focused()
        page.keyboard.type("+49 561 555")
        page.keyboard.press("Enter")
        expect(page.locator("#toasts")).to_contain_text("Handed off")
    assert count.loads == 0
    assert_stage(lead, HANDED_OFF)
    assert Lead.objects.get(pk=lead.pk).phone == "+49 561 555"


def test_a_lead_is_snoozed_by_two_keys_and_the_next_opens(tab, market, views):
    lead, _other = market.mqls(2)
    page = tab(market.ivana)
    page.goto(f"/review/{lead.pk}/")
    with counted(page) as count:
        for key in "h2":
            page.keyboard.press(key)
        expect(page.locator("#toasts")).to_contain_text("Snoozed")
        expect(page.locator(f"#row-{lead.pk}")).to_have_count(0)
        expect(page.locator("#preview h2")).not_to_have_text(str(lead))
    assert (count.keys, count.loads) == (2, 0)
    assert_stage(lead, MQL)
    page.locator("#tabs").get_by_text("Snoozed").click()
    expect(page.locator(f"#row-{lead.pk}")).to_be_visible()
