"""Decisions by keyboard alone: how many keys they take, and that no page is loaded for them."""

from contextlib import contextmanager

from playwright.sync_api import expect

from handoff.review import PAGE
from leads.lifecycle import HANDED_OFF, MQL, NURTURE, SAL
from leads.models import Lead
from tests.e2e.test_story import reject_keys


def test_20_mqls_are_reviewed_in_at_most_25_keys_without_a_page_load(tab, market):
    mqls = market.mqls(21)
    page = tab(market.ivana)
    page.goto("/review/")
    with counted(page) as count:
        for number in range(20):
            opened = page.locator("#preview h2").inner_text()
            if number == 9:  # one of them goes to nurture: N, a letter, a number
                panel = page.locator("#recycle-panel")
                for key in ["n", *reject_keys(panel, "Low intent", "Content only")[1:]]:
                    page.keyboard.press(key)
            else:
                page.keyboard.press("a")
            expect(page.locator("#preview h2")).not_to_have_text(opened)
    assert count.keys <= 25
    assert count.loads == 0
    stages = Lead.objects.filter(pk__in=[lead.pk for lead in mqls]).values_list("stage", flat=True)
    assert sorted(stages) == sorted([HANDED_OFF] * 19 + [NURTURE, MQL])
    expect(page.locator("#toasts")).to_contain_text("1 left")


def test_moving_on_brings_the_next_rows_before_the_last_is_reached(tab, market):
    market.mqls(PAGE + 2)
    page = tab(market.ivana)
    page.goto("/review/")
    rows = page.locator("#leads [data-row]")
    expect(rows).to_have_count(PAGE)
    for _ in range(PAGE - 3):
        page.keyboard.press("j")
    expect(rows).not_to_have_count(PAGE)
    for _ in range(3):
        page.keyboard.press("j")
    expect(rows.nth(PAGE)).to_have_attribute("aria-current", "true")


def test_a_rep_accepts_undoes_and_rejects_without_a_mouse(tab, market):
    market.offers(2, market.tomas)
    page = tab(market.tomas)
    page.goto("/inbox/")
    first = page.locator("article[aria-current=true]").get_attribute("data-row")
    lead = Lead.objects.get(pk=first)
    card = page.locator(f"#offer-{lead.pk}")
    with counted(page) as count:
        page.keyboard.press("a")
        expect(card).to_have_count(0)
        assert_stage(lead, SAL)
        page.keyboard.press("u")
        expect(card).to_have_count(1)
        assert_stage(lead, HANDED_OFF)
        expect(card).to_have_attribute("aria-current", "true")
        for key in reject_keys(card, "Low intent", "Content only"):
            page.keyboard.press(key)
        expect(card).to_have_count(0)
    assert_stage(lead, NURTURE)
    assert count.keys == 5
    assert count.loads == 0


def test_a_selection_survives_opening_other_rows(tab, market):
    market.mqls(3)
    page = tab(market.ivana)
    page.goto("/review/")
    for key in ["x", "j", "x"]:
        page.keyboard.press(key)
    page.wait_for_url("**/review/*/**")
    expect(page.locator("[data-selected-count]")).to_have_text("2")
    page.reload()
    expect(page.locator("[data-selected-count]")).to_have_text("2")
    page.get_by_role("button", name="Approve & hand off the selected").click()
    expect(page.locator("#toasts")).to_contain_text("2 leads handed off")
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_keys_rest_while_a_person_types(tab, market):
    market.mqls(2)
    page = tab(market.ivana)
    page.goto("/review/")
    before = page.locator("#preview h2").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("and")
    expect(page.locator("#search")).to_have_value("and")
    assert page.locator("#preview h2").inner_text() == before


def test_keys_follow_the_place_on_a_cyrillic_board(tab, market):
    lead, _other = market.mqls(2)
    page = tab(market.ivana)
    page.goto(f"/review/{lead.pk}/")
    key = {"key": "ф", "code": "KeyA", "bubbles": True}
    page.locator("body").dispatch_event("keydown", key)
    expect(page.locator("#toasts")).to_contain_text("Handed off")


@contextmanager
def counted(page):
    """Keys pressed by us and documents loaded by the tab while the block runs."""

    class Count:
        keys = loads = 0

    def loaded(request):
        if request.is_navigation_request() and request.frame == page.main_frame:
            Count.loads += 1

    press = page.keyboard.press

    def pressed(key):
        Count.keys += 1
        press(key)

    page.on("request", loaded)
    page.keyboard.press = pressed
    yield Count
    page.keyboard.press = press


def assert_stage(lead, stage):
    lead.refresh_from_db()
    assert lead.stage == stage


def test_escape_closes_what_came_back_refused(tab, market):
    market.offers(1, market.tomas)
    page = tab(market.tomas)
    page.goto("/inbox/")
    card = page.locator("article").first
    for key in ("r", "l", "Enter"):
        page.keyboard.press(key)
    expect(card.get_by_text("A note of at least")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card.get_by_role("button", name="Reject")).to_be_focused()
    expect(card.locator("[data-reasons]")).to_be_hidden()
    page.keyboard.press("h")  # the key of the card again, and no reason
    expect(card.get_by_label("What do you wait for?")).to_be_focused()


def test_a_selection_lasts_until_what_it_was_for_is_done(tab, market):
    market.mqls(2)
    page = tab(market.ivana)
    page.goto("/leads/?queue=review")
    for key in ("j", "x"):
        page.keyboard.press(key)
    nurture = page.locator("[data-bulk]").get_by_role("button", name="Nurture")
    nurture.press("Enter")
    expect(page.locator("h1")).to_have_text("Nurture")
    page.go_back()
    expect(page.locator("[data-selected-count]")).to_have_text("1")
    nurture.press("Enter")
    expect(page.locator("h1")).to_have_text("Nurture")
    page.keyboard.press("b"), page.keyboard.press("1")
    expect(page.get_by_text("1 done, 0 not")).to_be_visible()
    page.goto("/leads/")
    expect(page.locator("[data-bulk]")).to_be_hidden()
