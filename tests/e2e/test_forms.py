"""A form as people meet it: by keyboard, without scripts, and on a page of somebody else."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from handoff import agreements
from intake.models import CaptureForm, Submission
from leads.models import Lead, StaleLead
from tests.intake.form_world import BROWSER, a_form

READING = 2_100  # milliseconds until a person may send
AS_PERSON = {"user_agent": BROWSER["User-Agent"]}


@pytest.fixture(scope="module")
def form(market):
    return a_form("live", consent="live-news", name="Live demo")


def test_the_page_works_by_keyboard(tab, form):
    page = tab(**AS_PERSON)
    page.goto("/f/live/?utm_source=xing")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type("nobody")
    page.keyboard.press("Tab")
    page.keyboard.type("Anna")
    page.wait_for_timeout(READING)
    page.keyboard.press("Enter")
    email = page.get_by_label("Email")
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("First name").input_value() == "Anna"
    page.keyboard.press("Control+a")
    page.keyboard.type("keyboard@kempen.example")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("You may write to me.")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.reload()
    kept = Submission.objects.get(payload__contains={"lead.email": "keyboard@kempen.example"})
    assert (kept.state, kept.utm) == ("taken_in", {"source": "xing"})
    assert kept.payload["consent.live-news"] == 1


def test_the_page_works_without_scripts_and_a_double_click_sends_once(tab, form):
    page = tab(java_script_enabled=False, **AS_PERSON)
    page.goto("/f/live/")
    page.get_by_label("Email").fill("plain@kempen.example")
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.go_back()
    assert Lead.objects.get(email="plain@kempen.example").activities.count() == 1


def test_the_snippet_stands_on_a_page_of_another_origin(tab, form, address):
    with another_site(address) as site:
        CaptureForm.objects.filter(pk=form.pk).update(origins=[site])
        page = tab(**AS_PERSON)
        page.goto(f"{site}/pricing?utm_source=partner&utm_campaign=fair")
        page.evaluate("window.leadops = {visitor: 'v-42'}")
        expect(page.get_by_label("Email")).to_be_visible()
        assert page.locator("iframe").count() == 0
        page.get_by_label("Email").fill("nobody")
        page.get_by_label("Message").fill("Hello 😀")
        page.wait_for_timeout(READING)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Send").click()
        email = page.get_by_label("Email")
        expect(email).to_have_attribute("aria-invalid", "true")
        expect(email).to_be_focused()
        assert page.get_by_label("Message").input_value() == "Hello 😀"
        email.fill("snippet@kempen.example")
        page.get_by_role("button", name="Send").dblclick()
        thanks = page.get_by_text("Thank you.")
        expect(thanks).to_be_visible()
        assert page.evaluate("document.activeElement.className") == "leadops-thanks"
        assert page.url.startswith(site)
    kept = Submission.objects.get(payload__contains={"lead.email": "snippet@kempen.example"})
    assert (kept.state, kept.visitor) == ("taken_in", "v-42")
    assert kept.utm == {"source": "partner", "campaign": "fair"}
    assert kept.page == f"{site}/pricing?utm_source=partner&utm_campaign=fair"


def test_what_was_typed_stays_when_the_network_fails(tab, form, address):
    with another_site(address) as site:
        CaptureForm.objects.filter(pk=form.pk).update(origins=[site])
        page = tab(**AS_PERSON)
        page.goto(f"{site}/")
        page.get_by_label("Email").fill("offline@kempen.example")
        page.wait_for_timeout(READING)
        page.context.set_offline(True)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_contain_text("could not be sent")
        page.context.set_offline(False)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
    assert Lead.objects.filter(email="offline@kempen.example").exists()


def test_a_site_that_is_not_listed_gets_a_link(browser, market, form, address):
    CaptureForm.objects.filter(pk=form.pk).update(origins=["https://else.example"])
    with another_site(address) as site:
        page = browser.new_page()
        page.goto(f"{site}/")
        link = page.get_by_role("link", name=f"{address}/f/live/")
        expect(link).to_have_attribute("href", f"{address}/f/live/")
        page.close()


@pytest.mark.timeout(90)
def test_the_score_follows_within_two_seconds(tab, market, worker, form):
    agreements.in_force() or market.sign()
    page = tab(**AS_PERSON)
    page.goto("/f/live/")
    page.get_by_label("Email").fill("score@kempen.example")
    while StaleLead.objects.exists():
        page.wait_for_timeout(100)
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    lead = Lead.objects.get(email="score@kempen.example")
    born = lead.activities.get().recorded_at
    while not lead.scored_at:
        page.wait_for_timeout(50)
        lead.refresh_from_db()
    assert (lead.scored_at - born).total_seconds() < 2 + 3  # for a machine that does much beside
    assert lead.stage != "unqualified"


@contextmanager
def another_site(address):
    """A page with the snippet, on a port of its own. Yields its origin."""
    page = (
        '<!doctype html><html lang="en"><title>Prices</title><h1>Prices</h1>'
        f'<script src="{address}/f/live.js" async></script>'
        f'<noscript><a href="{address}/f/live/">See it live</a></noscript></html>'
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", _STRICT.format(address=address))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# As a careful customer's site would have it: nothing but our script, and its questions.
_STRICT = "default-src 'none'; script-src {address}; connect-src {address}; form-action {address}"
