"""The inbox in use: offers come by themselves, a pause, a claim, and the manager's team view."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import Handoff
from leads.models import Lead
from tests.e2e.test_keyboard import counted

SOON = 12_000  # a page asks every five seconds


@pytest.fixture
def due(market):
    """`due(hours)`: an offer to Tomáš that is due in so many hours."""

    def offer(hours):
        (lead,) = market.offers(1, market.tomas)
        due_at = timezone.now() + timedelta(hours=hours)
        level = {"allowed": timedelta(hours=hours), "due_at": due_at}
        Handoff.objects.filter(lead=lead).update(**level)
        Lead.objects.filter(pk=lead.pk).update(due_at=due_at)
        return f"offer-{lead.pk}"

    return offer


def order(page):
    return page.locator("#offers > article").evaluate_all("all => all.map((one) => one.id)")


def test_what_is_offered_meanwhile_takes_its_place_and_disturbs_nobody(tab, market, due):
    urgent, late = due(2), due(20)
    page = tab(market.tomas)
    page.goto("/inbox/")
    page.locator(f"#{late} summary").click()
    page.locator(f"#{late}").locator("[name=need]").fill("half a sentence")
    between, first, last = due(10), due(1), due(30)
    for card in (between, first, last):
        expect(page.locator(f"#{card}")).to_be_visible(timeout=SOON)
    assert order(page) == [first, urgent, between, late, last]
    expect(page.locator(f"#{late}").locator("[name=need]")).to_be_focused()
    expect(page.locator(f"#{late}").locator("[name=need]")).to_have_value("half a sentence")


def test_a_rep_pauses_without_a_mouse_and_never_twice(tab, market, due):
    card = due(5)
    page = tab(market.tomas)
    page.goto("/inbox/")
    page.locator(f"#{card}").focus()
    with counted(page) as count:
        page.keyboard.press("h")
        expect(page.locator(f"#{card}").get_by_label("What do you wait for?")).to_be_focused()
        page.keyboard.type("Asked to call after the fair")
        page.keyboard.press("Enter")
        expect(page.locator(f"#{card}")).to_contain_text("Paused, 5 h left")
    expect(page.locator(f"#{card}")).to_contain_text("Asked to call after the fair")
    expect(page.locator("#toasts")).to_contain_text("Paused: ")
    expect(page.locator(f"#{card}")).to_be_focused()
    assert count.loads == 0
    page.keyboard.press("h")  # no second time
    expect(page.locator(f"#{card} [id^=pause-]")).to_have_count(0)


def test_two_reps_work_their_inboxes_at_once(tab, market):
    mine, hers = market.offers(2, market.tomas), market.offers(2, market.lena)
    both = market.offers(1)
    tomas, lena = tab(market.tomas), tab(market.lena)
    for page in (tomas, lena):
        page.goto("/inbox/")
        page.mouse.wheel(0, 20_000)  # the latest offers come when the end is near
        expect(page.locator(f"#offer-{both[0].pk}")).to_be_visible()
    for ours, theirs in zip(mine, hers, strict=True):
        for page, lead in ((tomas, ours), (lena, theirs)):
            page.locator(f"#offer-{lead.pk}").focus()
            page.keyboard.press("a")
        for page, lead in ((tomas, ours), (lena, theirs)):
            expect(page.locator(f"#offer-{lead.pk}")).to_have_count(0)
    owners = {lead.pk: market.tomas for lead in mine} | {lead.pk: market.lena for lead in hers}
    for lead in Lead.objects.filter(pk__in=owners):
        assert (lead.stage, lead.owner) == ("sal", owners[lead.pk])
    for page in (tomas, lena):
        expect(page.locator(f"#offer-{both[0].pk}")).to_be_visible()


def test_somebody_met_at_a_fair_is_claimed_on_the_phone(tab, market):
    page = tab(market.tomas, phone=True)
    page.goto("/inbox/")
    page.get_by_role("link", name="Met somebody?").click()
    page.get_by_label("First name").fill("Radka")
    page.get_by_label("Last name").fill("Šimková")
    page.get_by_label("Email (optional)").fill("radka@vltava.example")
    page.get_by_label("Note").fill("Met at the Hannover fair")
    page.get_by_role("button", name="Claim").click()
    expect(page.locator("#toasts")).to_contain_text("Claimed: Radka Šimková")
    assert Lead.objects.get(email="radka@vltava.example").owner == market.tomas


@pytest.mark.parametrize("url", ["/inbox/", "/inbox/claim/", "/inbox/team/"])
def test_nothing_is_wider_than_the_phone(tab, market, due, url):
    due(3)
    page = tab(market.claire, phone=True)
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_manager_gives_offers_to_somebody_else_in_the_team_view(tab, market, due):
    first, second = due(1), due(2)
    page = tab(market.claire)
    page.goto("/inbox/team/")
    page.locator(f"#{first} [data-select]").check()
    page.locator(f"#{second} [data-select]").check()
    page.get_by_label("Reassign to").select_option(label="Lena Fuchs, DACH")
    page.get_by_role("button", name="Reassign the selected").click()
    expect(page.locator("#toasts")).to_contain_text("Reassigned 2 offers")
    expect(page.locator("#toasts [data-undo]")).to_have_count(0)
    for row in (first, second):
        expect(page.locator(f"#{row}")).to_contain_text("Lena Fuchs")
    page.get_by_label("Reassign to").select_option(label="Tomáš Novák, DACH")
    page.locator(f"#{first}").get_by_role("button", name="Reassign").click()
    expect(page.locator(f"#{first}")).to_contain_text(re.compile("Tomáš Novák"))
    expect(page.locator(f"#{second}")).to_contain_text("Lena Fuchs")


def test_a_chip_counts_only_while_business_time_runs(tab, market, due):
    card = due(5)
    page = tab(market.tomas)
    page.clock.install()
    page.goto("/inbox/")
    chip = page.locator(f"#{card} [data-left]")
    # Four hours, of which the next ten minutes count, and then those after two hours.
    page.evaluate(
        """id => Object.assign(document.querySelector(`#${id} [data-left]`).dataset,
            {left: 14400, total: 28800, runs: "0-600 7200-90000"})""",
        card,
    )
    for passed, left in (("01:00:00", "3 h 50 left of 8 h"), ("01:30:00", "3 h 20 left of 8 h")):
        page.clock.fast_forward(passed)
        expect(chip).to_have_text(left)
    expect(chip).to_have_class(re.compile("bg-yellow-lt"))
