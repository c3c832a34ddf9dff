"""A manager previews a draft with a real worker, moves the capacity, and proposes the model."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import Agreement
from scoring import computing, versions
from scoring.models import Computation

AGAIN = re.compile("Compute again")


@pytest.fixture(scope="module")
def draft(market):
    """Prices count for less, and fade. There before the worker, which would qualify leads, too."""
    market.offers(2, market.tomas)
    market.mqls(3)
    in_force = Agreement.objects.get(status="in_force")
    model = versions.duplicate(in_force.scoring_model)
    model.rules.filter(name="Looked at prices").update(points=1, decay="half_life", decay_days=30)
    return model


def test_a_preview_is_computed_read_and_proposed(tab, market, draft, worker):
    page = tab(market.marta)
    page.goto(f"/scoring/models/{draft.version}/preview/")
    page.get_by_role("button", name="Compute").click()
    # The page shows the result by itself, without a reload of ours.
    expect(page.get_by_role("button", name=AGAIN)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("status").filter(has_text="1 rule changes")).to_be_visible()
    expect(page.locator("figure canvas").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Same")).press("Enter")
    expect(page.locator("#moves tbody tr")).to_have_count(3)
    expect(page.get_by_role("link", name=re.compile("^Same"))).to_be_focused()
    expect(page).to_have_url(re.compile("list=same"))
    _move_capacity(page)
    _read_as_a_table(page)
    page.get_by_role("button", name=re.compile("^Propose as v")).click()
    page.wait_for_url("**/admin/handoff/agreement/*/change/")
    assert Agreement.objects.filter(status="draft", scoring_model=draft).exists()


def _move_capacity(page):
    tomas = page.locator("#load tbody tr", has_text="Tomáš")
    page.locator("#capacity").fill("9")
    expect(page.locator("#load output")).to_have_text("9 a week")
    assert tomas.locator("progress").get_attribute("max") == "9"
    expect(tomas.locator("[data-status]")).to_contain_text("free")


def _read_as_a_table(page):
    chart = page.locator("figure[data-chart=line]")
    expect(chart.locator("tbody")).not_to_be_visible()
    chart.get_by_text("As a table").click()
    expect(chart.locator("tbody tr")).to_have_count(1)  # the leads came three days ago


def test_the_charts_follow_the_theme(tab, market, draft):
    _computed(draft)
    page = tab(market.ivana, reduced_motion="reduce")
    page.goto(f"/scoring/models/{draft.version}/preview/")
    chart = page.locator("figure canvas").first
    expect(chart).to_be_visible()
    light = chart.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert chart.evaluate("canvas => canvas.toDataURL()") != light


def test_a_computation_is_left_found_again_and_cancelled(tab, market, draft):
    row = _waiting(draft)
    page = tab(market.ivana)
    page.goto(f"/scoring/models/{draft.version}/preview/")
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    _after_a_poll(page)
    page.goto("/leads/")
    page.go_back()
    Computation.objects.filter(pk=row.pk).update(
        state="running", done=1, total=4, step="MQLs week by week"
    )
    expect(page.get_by_text("MQLs week by week")).to_be_visible()
    _after_a_poll(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#computation h2")).to_have_text("Cancelled")
    row.refresh_from_db()
    assert row.state == "cancelled"


def _after_a_poll(page):
    """A page that is left while it asks reports the broken request as an error."""
    page.wait_for_event("response", lambda answer: "/computations/" in answer.url)


def _computed(draft):
    row = _waiting(draft)
    computing.run(row.pk)


def _waiting(draft):
    now = timezone.now()
    params = {"model": draft.version, "weeks": 12}
    return Computation.objects.create(
        kind="preview", params=params, created_at=now, heartbeat_at=now
    )
