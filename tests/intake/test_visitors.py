"""Who a visitor turns out to be: what was done anonymously is the lead's, and nobody else's."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from handoff import judging
from intake import links, visitors
from intake.models import Site, SiteEvent, Visit, Visitor
from leads.models import Activity, Campaign, Consent, Lead, Touch
from tests import story
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db
ORIGIN = "https://www.halden.example"
FORM = {"by": "form", "form": "demo"}


@pytest.fixture(autouse=True)
def site():
    cache.clear()
    return Site.objects.create(origin=ORIGIN, name="Halden")


@pytest.fixture
def key():
    return uuid4()


@pytest.fixture
def send(client, key):
    """`send("/pricing", name=…)`: one event of the visitor; without a path none."""

    def sends(path="", *, of=None, agent="Chrome", external_id=None, **said):
        whole = {name: said.pop(name) for name in ("link", "consent") if name in said}
        event = {"id": external_id or uuid4().hex, "name": "page_view", "path": path} | said
        body = {"visitor": (of or key).hex, "events": [event] if path else []} | whole
        headers = {"Origin": ORIGIN, "User-Agent": agent}
        answer = client.generic("POST", "/t/", json.dumps(body), headers=headers)
        assert answer.status_code == 204

    return sends


def known(key, lead, **more):
    visitors.identify(key, lead, now=timezone.now(), proof=FORM | more)


def done(lead):
    rows = Activity.objects.filter(lead=lead).order_by("happened_at", "pk")
    return [(one.kind, one.subject) for one in rows]


def test_what_was_done_before_is_the_leads_as_it_was(send, key, site):
    lead = LeadFactory()
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        send("/", title="Home")
        send("/blog", agent="Googlebot")
    send("/pricing")
    before = list(Visit.objects.order_by("pk").values_list("happened_at", flat=True))
    known(key, lead)
    rows = list(Activity.objects.filter(lead=lead).order_by("happened_at", "pk"))
    assert [one.subject for one in rows] == ["/", "/blog", "/pricing"]
    assert [one.happened_at for one in rows] == before
    assert [one.actor_class for one in rows] == ["human", "bot", "human"]
    assert rows[1].classified_by == "agent"
    assert rows[0].properties == {"path": "/", "title": "Home", "user_agent": "Chrome"}
    assert {one.source for one in rows} == {site.source}
    assert not Visit.objects.exists()
    visitor = Visitor.objects.get()
    assert (visitor.lead, visitor.key) == (lead, key)
    assert visitor.identified_at > visitor.consented_at


def test_what_comes_then_is_the_leads_at_once_and_once(send, key):
    lead = LeadFactory()
    send("/", external_id="e1")
    known(key, lead)
    for _ in range(2):
        known(key, lead)
        send("/", external_id="e1")
        send("/pricing", external_id="e2")
    assert done(lead) == [("page_view", "/"), ("page_view", "/pricing")]
    assert Consent.objects.filter(lead=lead).count() == 1


def test_the_consent_to_tracking_stands_in_the_ledger(send, key, site):
    send("/")
    lead = LeadFactory()
    known(key, lead)
    entry = Consent.objects.get(lead=lead)
    visitor = Visitor.objects.get()
    assert (entry.purpose, entry.given, entry.basis) == ("tracking", True, "consent")
    assert (entry.happened_at, entry.source) == (visitor.consented_at, site.source)
    assert entry.proof == {"site": ORIGIN, "visitor": str(key)} | FORM


def test_first_and_last_touch_with_their_campaigns(send, key):
    spring = Campaign.objects.create(name="Spring", utm_campaign="spring*")
    lead = LeadFactory()
    send("/a", utm={"source": "google", "medium": "cpc", "campaign": "Spring-2", "term": "meter"})
    send("/b", utm={"source": "news"})
    send("/c")
    send("/d", referrer="https://search.example/?q=x")
    known(key, lead)
    send("/e", utm={"campaign": "spring"})
    first, last, later = Touch.objects.filter(lead=lead).order_by("happened_at")
    assert (first.campaign, first.source, first.medium, first.term) == (
        spring, "google", "cpc", "meter",
    )  # fmt: skip
    assert first.landing_page == "/a"
    assert (last.campaign, last.source, last.medium) == (None, "search.example", "referral")
    assert (last.referrer, last.landing_page) == ("https://search.example/?q=x", "/d")
    assert (later.campaign, later.landing_page) == (spring, "/e")


def test_named_events_are_what_the_site_says(send, key, site):
    SiteEvent.objects.create(site=site, name="call_me", kind="contact_request")
    lead = LeadFactory()
    send("/", name="download", said={"subject": "Tariffs 2026", "pages": 8})
    send("/p", name="call_me")
    send("/p", name="scrolled")
    send("/p", name="demo_request")  # nobody has said that pages may ask for one
    known(key, lead)
    send("/webinar", name="webinar")
    assert done(lead) == [
        ("download", "Tariffs 2026"),
        ("contact_request", "call me"),
        ("webinar", "/webinar"),
    ]
    assert Activity.objects.get(kind="download").properties["pages"] == 8


def test_a_second_person_at_one_browser_takes_nothing_of_the_first(send, key):
    one, two = LeadFactory(), LeadFactory()
    send("/one")
    known(key, one)
    send("/still-one", external_id="e1")
    known(key, two)
    send("/two")
    send("/still-one", external_id="e1")  # comes again, late
    assert done(one) == [("page_view", "/one"), ("page_view", "/still-one")]
    assert done(two) == [("page_view", "/two")]
    assert Visitor.objects.filter(key=key).count() == 2
    known(key, one)
    send("/one-again")
    assert done(one)[-1] == ("page_view", "/one-again")
    assert len(done(two)) == 1


def test_a_signed_link_tells_who_came(send, key):
    lead = LeadFactory()
    send("/")
    send("/offer", link=links.token(lead))
    assert done(lead) == [("page_view", "/"), ("page_view", "/offer")]
    assert Consent.objects.get().proof["by"] == "link in an email"
    assert links.personal("https://x.example/a?b=#c", lead).startswith("https://x.example/a?b=&ll=")


@pytest.mark.parametrize("token", ["{}x", "x{}", "", "5", "5:5:5"])
def test_a_link_that_is_not_ours_tells_nothing(send, key, token):
    lead = LeadFactory()
    send("/", link=token.format(links.token(lead)))
    assert not done(lead)
    assert Visit.objects.count() == 1


def test_an_old_link_tells_nothing(send):
    lead = LeadFactory()
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        old = links.token(lead)
    send("/", link=old)
    assert not done(lead)


def test_after_a_withdrawal_nothing_comes_in(send, key, site):
    lead = LeadFactory()
    send("/")
    known(key, lead)
    send(consent=False)
    send(consent=False)
    send("/secret")
    known(key, LeadFactory())
    assert done(lead) == [("page_view", "/")]
    assert not Visit.objects.exists()
    given = Consent.objects.order_by("happened_at").values_list("lead", "given", "source")
    assert list(given) == [(lead.pk, True, site.source), (lead.pk, False, site.source)]


def test_a_withdrawal_at_another_door_counts_here(send, key):
    lead, now = LeadFactory(), timezone.now()
    send("/")
    known(key, lead)
    Consent.objects.create(
        lead=lead, purpose="tracking", given=False, happened_at=timezone.now(), recorded_at=now
    )
    send("/secret")
    other = uuid4()
    Visitor.objects.create(
        key=other, site=Site.objects.get(), consented_at=now - timedelta(days=1), seen_at=now
    )
    send("/older-consent", of=other)
    known(other, lead)
    assert done(lead) == [("page_view", "/")]
    assert not Visit.objects.exists()


def test_a_merged_lead_is_the_one_it_became(send, key):
    loser, winner = LeadFactory(), LeadFactory()
    send("/")
    known(key, loser)
    Lead.objects.filter(pk=loser.pk).update(merged_into=winner)
    send("/pricing")
    known(key, winner)
    known(key, Lead.objects.get(pk=loser.pk))
    assert done(winner) == [("page_view", "/pricing")]
    assert Visitor.objects.get().lead == winner


@pytest.mark.parametrize("said", ["", None, "x", "\x00", "0" * 32, 5])
def test_an_id_that_nobody_has_changes_nothing(said):
    known(said, LeadFactory())
    assert not Activity.objects.exists()
    assert not Consent.objects.exists()


def test_what_was_done_before_counts_for_the_score(send, key):
    agreement = story.agreement_in_force()
    lead = story.a_lead(score=0, grade="")
    judging.judge_stale()
    before = Lead.objects.get(pk=lead.pk).engagement
    for path in ("/pricing", "/pricing", "/cases"):
        send(path)
    known(key, lead)
    judging.judge_stale()
    assert agreement.scoring_model
    assert Lead.objects.get(pk=lead.pk).engagement > before


def test_a_beacon_of_somebody_known_asks_little(send, key, django_assert_max_num_queries):
    lead = LeadFactory()
    send("/")
    known(key, lead)
    with django_assert_max_num_queries(20):
        send("/pricing")
