"""Duplicates in the browser: axe, and a pair that is decided, merged and taken back by keyboard."""

import pytest

from leads.models import DuplicatePair, Lead
from tests.e2e.axe import axe, looks
from tests.e2e.doubles import doubled

VIEWS = {
    "duplicates": "/duplicates/",
    "duplicates merged": "/duplicates/?state=merged",
    "duplicates empty": "/duplicates/?state=dismissed",
    "merge": "merge",
    "lead there twice": "lead there twice",
    "lead merged": "lead merged",
    "lead with a part": "lead with a part",
    "new lead": "/leads/new/",
}


@pytest.fixture(scope="module")
def there(market):
    market.sign()
    return doubled(market)


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(tab, market, there, view):
    page = tab(market.ivana, reduced_motion="reduce")
    page.goto(there.get(VIEWS[view], VIEWS[view]))
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), "\n".join(f"{at}: {line}" for at in found for line in found[at])


def test_a_pair_is_decided_merged_and_taken_back_by_keys(tab, market, there):
    page = tab(market.ivana)
    page.goto("/duplicates/")
    page.keyboard.press("n")
    page.get_by_text("Nobody is there twice").wait_for()
    page.keyboard.press("u")
    page.locator("[data-row]").wait_for()
    assert DuplicatePair.objects.filter(state="open").count() == 1
    page.keyboard.press("j")
    page.keyboard.press("m")
    page.get_by_role("heading", name="One person?").wait_for()
    page.get_by_role("button", name="Merge").click()
    page.locator("#twice").wait_for()
    assert Lead.objects.exclude(merged_into=None).count() == 2
    page.keyboard.press("u")
    page.locator("#twice").get_by_text("Merged into this lead").wait_for(state="detached")
    assert Lead.objects.exclude(merged_into=None).count() == 1


def test_whom_it_doubles_is_asked_before_it_is_turned_down(tab, market, there):
    market.offers(1, market.tomas)
    page = tab(market.tomas)
    page.goto("/inbox/")
    for key in ("r", "h", "1"):
        page.keyboard.press(key)
    field = page.locator("[name=other]:visible")
    assert field.evaluate("el => el === document.activeElement")
    field.fill("somebody@kempen.example")
    page.keyboard.press("Enter")
    page.locator("#toasts [data-undo]").wait_for()
    event = Lead.objects.get(stage="disqualified", merged_into=None).events.get(name="reject")
    assert event.details["other_said"] == "somebody@kempen.example"
