"""The builder of conditions in a real browser, by keyboard: in the admin and over the leads."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring import versions
from scoring.models import ScoringModel
from tests.e2e.axe import axe, looks
from tests.factories import RuleFactory, ScoringModelFactory


@pytest.fixture
def rule(market):
    model = ScoringModelFactory(version=versions.next_version())
    return RuleFactory(model=model, condition={"field": "lead.country", "op": "is", "value": "DE"})


def page_of(rule):
    return reverse("admin:scoring_scoringmodel_change", args=[rule.model_id])


def field(page, name):
    return page.locator(f"[name='rules-0-condition.{name}']")


def press(page, value):
    page.locator(f"[name='rules-0-condition.do'][value='{value}']").press("Enter")


def test_a_nested_condition_is_built_in_the_admin_without_a_mouse(tab, market, rule):
    page = tab(market.marta)
    page.goto(page_of(rule))
    press(page, "row 0")
    expect(field(page, "0-1.subject")).to_be_focused()
    field(page, "0-1.subject").select_option("did")
    field(page, "0-1.kind").select_option("page_view")
    field(page, "0-1.w0.op").select_option("text:contains")
    field(page, "0-1.w0.value").fill("/pricing")
    press(page, "group 0")
    expect(field(page, "0-2-0.subject")).to_be_focused()
    field(page, "0-2-0.subject").select_option("stage")
    field(page, "0-2-0.kind").select_option("was_in")
    field(page, "0-2-0.value").select_option(["customer", "lost"])
    field(page, "0-2-1.subject").select_option("lead.created_at")
    field(page, "0-2-1.op").select_option("within_days")
    field(page, "0-2-1.value").fill("30")
    field(page, "0-2-1.value").press("Tab")
    said = page.locator(".condition-said").first
    expect(said).to_contain_text(
        "all of: country is DE; visited a page with a subject that contains /pricing; (any of:"
        " was in Customer or Lost; created is within the last 30 days)"
    )
    press(page, "remove 0-2")
    expect(field(page, "0-1.subject")).to_be_focused()
    expect(said).not_to_contain_text("any of")


def test_what_is_typed_while_an_answer_is_on_its_way_stays(tab, market, rule):
    page = tab(market.marta)
    page.goto(page_of(rule))
    answers = []

    def late(route):
        answers.append(route)
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/leads/conditions/", late)
    field(page, "0-0.op").select_option("contains")
    field(page, "0-0.value").fill("typed meanwhile")
    expect(page.locator(".condition-said").first).to_contain_text("contains typed meanwhile")
    expect(field(page, "0-0.value")).to_have_value("typed meanwhile")
    assert len(answers) > 1


def test_a_new_rule_of_the_admin_has_a_builder_that_works(tab, market, rule):
    page = tab(market.marta)
    page.goto(page_of(rule))
    page.get_by_role("button", name="Add another Rule", exact=True).click()
    new = page.locator("[name='rules-2-condition.0-0.subject']")
    new.select_option("touch")
    page.locator("[name='rules-2-condition.0-0.source']").fill("fair")
    page.locator("[name='rules-2-condition.0-0.source']").press("Tab")
    expect(page.locator("#rules-2 .condition-said")).to_contain_text("came by source fair")


def test_axe_finds_nothing_in_a_builder(tab, market, rule):
    nested = {"none": [{"any": [{"did": "form"}, {"did": "event"}]}, rule.condition]}
    ScoringModel.objects.filter(pk=rule.model_id).first().rules.update(condition=nested)
    page = tab(market.marta, reduced_motion="reduce")
    page.goto(page_of(rule))
    press(page, "clause 0-0-1")
    field(page, "0-0-1.w1.property").wait_for()
    found = {f"{size} {theme}": axe(page, theme) for size, theme in looks(page)}
    assert not any(found.values()), "\n".join(f"{at}: {line}" for at in found for line in found[at])
