"""From a discovery call over SQL to a customer, by the rep in the browser."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from handoff import waking
from handoff.models import CallDraft, Discovery
from leads.lifecycle import CUSTOMER, HANDED_OFF, NURTURE, SQL
from leads.models import Cycle, Lead
from leads.perform import perform
from tests.e2e.conftest import PHONE
from tests.e2e.test_keyboard import assert_stage


def test_a_rep_leads_the_call_qualifies_and_wins(tab, market):
    (lead,) = market.accepted(1, market.tomas)
    page = tab(market.tomas)
    page.goto(lead.get_absolute_url())
    page.get_by_role("link", name="Discovery").first.click()
    for question in ("budget", "need", "timeline"):
        page.locator(f"label[for$={question}_value_yes]").click()
    expect(page.locator("#rail")).to_contain_text("3 of")
    page.locator("[name=budget_evidence]").fill("20,000 set aside for 2027")
    page.locator("[name=next_step_at]").fill("2031-03-04T10:00")
    page.locator("[name=amount]").fill("18500")
    page.get_by_role("button", name="Qualify as SQL").click()
    expect(page.locator("h1")).to_have_text(str(lead))
    assert_stage(lead, SQL)
    page.get_by_role("link", name="Win").click()
    page.locator("dialog [name=amount]").fill("18500")
    page.locator("dialog").get_by_role("button", name="Win").click()
    expect(page.locator("#toasts")).to_contain_text("Won")
    assert_stage(lead, CUSTOMER)
    expect(page.locator("#timeline")).to_contain_text("Customer")


def test_what_was_typed_is_there_again_after_the_tab_was_closed(tab, market):
    (lead,) = market.accepted(1, market.tomas)
    page = tab(market.tomas)
    page.goto(f"{lead.get_absolute_url()}discovery/")
    page.locator("label[for$=authority_value_partly]").click()
    page.locator("[name=notes]").click()
    page.keyboard.type("CFO Sara Ek could not join")
    expect(page.locator("#draft")).to_contain_text("Draft saved")
    page.locator("label:has([name=outcome][value=no_answer])").click()
    page.locator("[name=next_attempt_at]").fill("2031-03-04T10:00")
    page.wait_for_timeout(1500)
    page.close()
    again = tab(market.tomas)
    again.goto(f"{lead.get_absolute_url()}discovery/")
    expect(again.locator("[name=notes]")).to_have_value("CFO Sara Ek could not join")
    expect(again.locator("#id_authority_value_partly")).to_be_checked()
    expect(again.locator("[name=next_attempt_at]")).to_have_value("2031-03-04T10:00")
    assert not Discovery.objects.filter(lead=lead).exists()
    again.get_by_role("button", name="Record attempt 1").click()
    expect(again.locator("#toasts")).to_contain_text("No answer")
    assert not CallDraft.objects.filter(lead=lead).exists()


def test_the_older_of_two_tabs_hears_what_the_newer_one_kept(tab, market):
    (lead,) = market.accepted(1, market.tomas)
    first, second = tab(market.tomas), tab(market.tomas)
    for page in (first, second):
        page.goto(f"{lead.get_absolute_url()}discovery/")
    first.locator("[name=notes]").fill("Written in the first")
    expect(first.locator("#draft")).to_contain_text("Draft saved")
    second.locator("[name=notes]").fill("Written in the second")
    expect(second.locator("#toasts")).to_contain_text("Written in the first")
    second.locator("[name=notes]").fill("Written in the second, on and on")
    second.wait_for_timeout(1500)
    expect(second.locator("#toasts [data-toast=warning]")).to_have_count(1)
    assert CallDraft.objects.get(lead=lead).data["notes"] == "Written in the second, on and on"


def test_from_the_call_over_the_pipeline_to_a_customer_by_keyboard(tab, market):
    (lead,) = market.accepted(1, market.lena)
    page = tab(market.lena)
    page.goto("/pipeline/")
    keys = page.keyboard
    keys.press("j")
    keys.press("d")
    expect(page.locator("h1")).to_contain_text("Discovery:")
    for question in ("budget", "need", "timeline"):
        page.locator(f"#id_{question}_value_unknown").focus()
        for _ in range(3):  # unknown, no, partly, yes
            keys.press("ArrowRight")
    expect(page.locator("#rail")).to_contain_text("3 of 3 needed")
    keys.press("1")
    page.locator("[name=next_step_at]").fill("2031-03-04T10:00")
    page.locator("h1").click()
    keys.press("q")
    expect(page.locator("#toasts")).to_contain_text("Qualified as SQL")
    assert_stage(lead, SQL)
    page.goto("/pipeline/")
    keys.press("j")
    keys.press("s")
    expect(page.locator(f"#step-{lead.pk}-due_at")).to_be_focused()
    page.locator(f"#step-{lead.pk}-due_at").fill("2031-03-11T09:30")
    keys.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("11 Mar 09:30")
    keys.press("Escape")
    keys.press("w")
    page.locator("dialog[open] [name=amount]").wait_for()
    keys.type("18500")
    keys.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Won")
    expect(page.locator(f"#deal-{lead.pk}")).to_have_count(0)
    assert_stage(lead, CUSTOMER)


def test_a_recycled_lead_is_in_the_inbox_on_its_day_with_its_second_cycle(tab, market):
    (lead,) = market.accepted(1, market.tomas)
    day = timezone.now() + timedelta(days=90)
    said = {"reason": "bad_timing", "until": day, "note": "Board meets in spring"}
    perform(lead, "recycle", by=market.tomas, **said)
    assert_stage(lead, NURTURE)
    waking.wake_due(day)
    assert_stage(lead, HANDED_OFF)
    page = tab(market.tomas)
    page.goto("/inbox/")
    card = page.locator(f"#offer-{lead.pk}")
    expect(card).to_contain_text("Tomáš Novák on")
    expect(card).to_contain_text("Board meets in spring")
    expect(card).to_contain_text("Cycle 2")
    assert Cycle.objects.filter(lead=lead).count() == 2


def test_nothing_is_cut_off_on_a_phone(tab, market):
    (sal,) = market.accepted(1, market.lena)
    page = tab(market.lena, phone=True)
    for url in ("/pipeline/", f"{sal.get_absolute_url()}discovery/"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert Lead.objects.get(pk=sal.pk).stage == "sal"


def test_what_is_typed_while_the_gate_is_asked_stays(tab, market):
    """However late the answer comes."""
    (lead,) = market.accepted(1, market.tomas)
    page, asked = tab(market.tomas), []
    page.goto(f"{lead.get_absolute_url()}discovery/")

    def hold(route):
        late = "look=1" in (route.request.post_data or "")
        asked.append(route) if late else route.continue_()

    page.route("**/discovery/", hold)
    page.locator("label[for$=budget_value_yes]").click()
    page.locator("[name=next_step_at]").fill("2031-03-04T10:00")
    page.wait_for_timeout(200)
    for route in asked:
        route.continue_()
    expect(page.locator("#gate")).to_contain_text("1 of 3 needed")
    expect(page.locator("[name=next_step_at]")).to_have_value("2031-03-04T10:00")
