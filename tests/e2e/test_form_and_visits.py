"""A page of a customer with both scripts: three visits of nobody, then the form."""

import time

import pytest
from playwright.sync_api import expect

from intake.models import Site, Submission, Visit
from leads.models import Activity, Lead, StaleLead
from tests.e2e.customer import website
from tests.intake.form_world import a_form

PERSON = {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36"}
SLACK = 3  # seconds on top of the two, for a machine that runs all other tests beside
PATHS = ["/", "/pricing", "/cases"]


@pytest.mark.timeout(90)
def test_three_visits_of_nobody_then_the_form_one_lead_with_all_four_and_its_new_score(
    address, tab, market, worker, record_property
):
    market.sign()
    form = a_form(consent="", kind="demo_request")
    scripts = f'<script src="{address}/t.js" data-consent="true" defer></script>'
    scripts += f'<main><script src="{address}/f/{form.slug}.js"></script></main>'
    with website(scripts) as origin:
        Site.objects.create(origin=origin, name="Halden")
        form.origins = [origin]
        form.save(update_fields=["origins"])
        visitor = tab(**PERSON)
        for path in PATHS:
            with visitor.expect_request("**/t/"):
                visitor.goto(f"{origin}{path}?utm_source=google")
        visitor.get_by_label("Email").fill("anna@kempen.example")
        visitor.get_by_label("First name").fill("Anna")
        visitor.wait_for_timeout(4_000)  # nobody types faster
        sent = time.time()
        visitor.get_by_role("button", name="Send").click()
        expect(visitor.get_by_text("Thank you.")).to_be_visible()
    lead = Lead.objects.get(email="anna@kempen.example")
    while time.time() < sent + 2 + SLACK and not _is_scored(lead):
        time.sleep(0.05)
    record_property("seconds until the new score stands", time.time() - sent)
    assert _is_scored(lead)
    rows = Activity.objects.filter(lead=lead).order_by("happened_at", "pk")
    views = [("page_view", path) for path in PATHS]
    assert [(one.kind, one.subject) for one in rows] == [*views, ("demo_request", form.name)]
    assert {one.actor_class for one in rows} == {"human"}
    assert Lead.objects.get(pk=lead.pk).engagement > 0
    assert Lead.objects.count() == Submission.objects.count() == 1
    assert not Visit.objects.exists()


def _is_scored(lead):
    waits = StaleLead.objects.filter(lead_id=lead.pk).exists()
    return not waits and Lead.objects.get(pk=lead.pk).scored_at is not None
