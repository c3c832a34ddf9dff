"""A page of a customer with the tracking script, in a real browser."""

import time

import pytest
from playwright.sync_api import expect

from intake import links
from intake.models import Site, Visit, Visitor
from leads.models import Activity, Consent, Lead, StaleLead, Touch
from tests.e2e.customer import website

# The browser of a person; that of the tests says that it has no window, and is no person's.
PERSON = {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36"}
SLACK = 3  # seconds on top of the two, for a machine that runs all other tests beside


@pytest.fixture
def shop(address, market):
    """The website of a customer, as its address."""
    with website(f'<script src="{address}/t.js" defer></script>') as origin:
        site = Site.objects.create(origin=origin, name="Halden")
        yield origin
        site.delete()


@pytest.fixture
def visitor(tab):
    """A page of somebody's browser, with `sent`: what it sent to us."""
    page = tab(**PERSON)
    page.sent = []
    page.on("request", lambda one: page.sent.append(one) if one.url.endswith("/t/") else None)
    return page


def kept(number, **which):
    """Wait until so many visits are kept."""
    deadline = time.monotonic() + 5
    while Visit.objects.filter(**which).count() < number and time.monotonic() < deadline:
        time.sleep(0.05)
    return list(
        Visit.objects.filter(**which).order_by("happened_at").values_list("path", flat=True)
    )


def test_nothing_is_sent_or_stored_before_consent(visitor, shop):
    visitor.goto(f"{shop}/?utm_source=google&utm_campaign=spring")
    visitor.evaluate("leadops.event('download')")
    visitor.evaluate("history.pushState(null, '', '/step')")
    visitor.wait_for_timeout(300)
    assert visitor.sent == []
    assert visitor.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert visitor.context.cookies() == []
    visitor.evaluate("leadops.consent(true)")
    assert kept(1) == ["/step"]
    assert Visit.objects.get().utm == {"source": "google", "campaign": "spring"}
    assert visitor.context.cookies() == []


def test_pages_steps_and_named_events_after_consent(visitor, shop):
    visitor.goto(f"{shop}/")
    visitor.evaluate("leadops.consent(true)")
    kept(1)
    visitor.evaluate("history.pushState(null, '', '/a')")
    kept(2)
    visitor.evaluate("history.replaceState(null, '', '/a?sort=1')")
    visitor.evaluate("leadops.event('download', {subject: 'Tariffs', pages: 8})")
    kept(3)
    visitor.go_back()
    assert kept(4) == ["/", "/a", "/a", "/"]
    event = Visit.objects.get(name="download")
    assert event.said == {"subject": "Tariffs", "pages": 8}
    assert visitor.evaluate("leadops.visitor") == Visitor.objects.get().key.hex
    visitor.evaluate("leadops.consent(false)")
    deadline = time.monotonic() + 5
    while Visitor.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Visit.objects.exists()
    assert visitor.evaluate("[localStorage.length, leadops.visitor]") == [0, ""]
    sent = len(visitor.sent)
    visitor.goto(f"{shop}/b")
    visitor.wait_for_timeout(300)
    assert len(visitor.sent) == sent


@pytest.mark.parametrize("wish", ["globalPrivacyControl", "doNotTrack"])
def test_a_browser_that_asks_not_to_be_tracked_is_not(visitor, shop, wish):
    visitor.add_init_script(f"Object.defineProperty(navigator, '{wish}', {{value: '1'}})")
    visitor.goto(f"{shop}/")
    visitor.evaluate("leadops.consent(true)")
    visitor.wait_for_timeout(300)
    assert visitor.sent == []
    assert visitor.evaluate("localStorage.length") == 0


@pytest.mark.timeout(90)
def test_three_visits_of_nobody_then_a_link_one_lead_and_its_new_score(
    visitor, shop, tab, market, worker, record_property
):
    (lead,) = market.mqls(1)
    page = tab(market.ivana)
    while StaleLead.objects.exists():
        page.wait_for_timeout(100)
    before = Activity.objects.filter(lead=lead).count()
    page.goto(f"/leads/{lead.pk}/")
    title = page.locator("#score-panel h2")
    score = title.text_content()
    visitor.goto(f"{shop}/?utm_source=google")
    visitor.evaluate("leadops.consent(true)")
    for path in ("/pricing", "/cases"):
        visitor.goto(f"{shop}{path}")
    assert kept(3) == ["/", "/pricing", "/cases"]
    visitor.goto(links.personal(f"{shop}/offer?a=1#top", lead))
    written = time.time()
    expect(title).not_to_have_text(score, timeout=1000 * (2 + SLACK))
    seconds = time.time() - written
    record_property("seconds until the new score shows", seconds)
    assert seconds < 2 + SLACK
    assert visitor.url == f"{shop}/offer?a=1#top"
    rows = Activity.objects.filter(lead=lead, source__startswith="site ").order_by("happened_at")
    assert [one.subject for one in rows] == ["/", "/pricing", "/cases", "/offer"]
    assert {one.actor_class for one in rows} == {"human"}
    assert Activity.objects.filter(lead=lead).count() == before + 4
    assert Visitor.objects.get().lead == lead
    assert not Visit.objects.exists()
    assert Touch.objects.get(lead=lead).source == "google"
    assert Consent.objects.get(lead=lead).purpose == "tracking"
    expect(title).to_have_text(f"Score {Lead.objects.get(pk=lead.pk).score}")
