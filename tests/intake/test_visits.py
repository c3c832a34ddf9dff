"""Visits at their door: which sites are listened to, what is kept, and what a machine made."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from intake import beacons, views_visits, visitors
from intake.models import Site, SiteEvent, Visit, Visitor
from leads.models import Activity, BotRule
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ORIGIN = "https://www.halden.example"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/130"


@pytest.fixture(autouse=True)
def _no_rates():
    cache.clear()


@pytest.fixture
def site():
    return Site.objects.create(origin=ORIGIN, name="Halden")


def viewed(path="/pricing", **said):
    return {"id": uuid4().hex, "name": "page_view", "path": path} | said


def send(client, *events, key=None, origin=ORIGIN, agent=CHROME, body=None, **said):
    said = {"visitor": (key or uuid4()).hex, "events": list(events)} | said
    return client.generic(
        "POST",
        "/t/",
        json.dumps(said) if body is None else body,
        content_type="text/plain;charset=UTF-8",
        headers={"Origin": origin, "User-Agent": agent} if origin else {"User-Agent": agent},
    )


def test_a_visit_is_kept_of_nobody_in_particular(client, site):
    key, before = uuid4(), timezone.now()
    utm = {"source": "google", "campaign": "spring"}
    answer = send(client, viewed(title="Prices", utm=utm), key=key)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not answer.cookies
    visitor, visit = Visitor.objects.get(), Visit.objects.get()
    assert (visitor.key, visitor.site, visitor.lead) == (key, site, None)
    assert (visit.visitor, visit.name, visit.path) == (visitor, "page_view", "/pricing")
    assert (visit.title, visit.utm, visit.user_agent) == ("Prices", utm, CHROME)
    assert visit.actor_class == "human"
    assert before <= visit.happened_at <= visit.recorded_at
    assert "127.0.0.1" not in visit.address_hash
    assert not Activity.objects.exists()


def test_a_beacon_sent_twice_counts_once(client, site):
    key, view = uuid4(), viewed()
    for _ in range(2):
        assert send(client, view, view, key=key).status_code == 204
    assert Visit.objects.count() == 1
    send(client, view)  # another visitor's
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("origin", ["", "null", "https://elsewhere.example", f"{ORIGIN}/", "\x00"])
def test_other_origins_are_not_listened_to(client, site, origin):
    answer = send(client, viewed(), origin=origin)
    assert (answer.status_code, answer.content) == (403, b"")
    assert not Visitor.objects.exists()


def test_a_site_that_is_switched_off_is_not_listened_to(client, site):
    Site.objects.update(active=False)
    assert send(client, viewed()).status_code == 403


def test_the_visitor_of_one_site_is_nobody_on_another(client, site):
    other = Site.objects.create(origin="https://other.example", name="Other")
    key = uuid4()
    send(client, viewed(), key=key)
    send(client, viewed(), key=key, origin=other.origin)
    send(client, key=key, origin=other.origin, consent=False)
    assert Visit.objects.get().visitor.site == site


def test_what_is_no_beacon_is_refused_without_a_word(client, site):
    for body in ("", "x", "[]", '{"visitor": "x"}', "\x00", json.dumps({"visitor": uuid4().hex})):
        answer = send(client, body=body)
        assert (answer.status_code, answer.content) == (400, b"")
    answer = send(client, body="x" * (beacons.MOST_BYTES + 1))
    assert (answer.status_code, answer.content) == (413, b"")
    assert send(client, viewed(path="/\x00")).status_code == 400
    assert not Visitor.objects.exists()
    assert client.get("/t/").status_code == client.head("/t/").status_code == 405


def test_an_address_that_sends_too_much_is_told_when_to_come_again(client, site, monkeypatch):
    monkeypatch.setattr(views_visits, "A_MINUTE", 2)
    answers = [send(client, viewed()) for _ in range(3)]
    assert [one.status_code for one in answers] == [204, 204, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert Visit.objects.count() == 2


def test_who_is_signed_in_here_sends_like_anybody(client, site):
    client.force_login(UserFactory())
    assert send(client, viewed()).status_code == 204


def test_a_program_that_says_so_is_a_bot(client, site):
    send(client, viewed(), agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    send(client, viewed(), agent="HeadlessChrome curl/8")
    assert list(Visit.objects.order_by("pk").values_list("actor_class", "classified_by")) == [
        ("bot", "agent"),
        ("suspected", "agent"),
    ]


def test_the_same_page_again_and_again_is_suspected_back_to_the_first(client, site):
    BotRule.objects.filter(heuristic="repeats").update(count=3, seconds=10)
    key, now = uuid4(), timezone.now()

    def at(seconds, path="/pricing"):
        moment = (now - timedelta(seconds=seconds)).timestamp() * 1000
        send(client, viewed(path, at=moment), key=key)

    for seconds in (40, 30, 8, 4):
        at(seconds)
    at(3, "/")
    assert not Visit.objects.exclude(actor_class="human").exists()
    at(1)
    suspected = Visit.objects.filter(actor_class="suspected")
    assert suspected.count() == 3
    assert {one.path for one in suspected} == {"/pricing"}
    assert suspected[0].evidence == {"hits": 3, "seconds": 10}
    BotRule.objects.filter(heuristic="repeats").update(active=False)
    at(0)
    assert suspected.count() == 3


def test_a_withdrawal_of_somebody_unknown_forgets_them(client, site):
    key = uuid4()
    send(client, viewed(), key=key)
    assert send(client, key=key, consent=False).status_code == 204
    assert not Visitor.objects.exists()
    assert not Visit.objects.exists()
    assert send(client, key=key, consent=False).status_code == 204


def test_visits_of_nobody_are_forgotten_in_time(client, site, settings):
    settings.VISIT_DAYS = 30
    old, seldom, fresh = uuid4(), uuid4(), uuid4()
    for key in (old, seldom, fresh):
        send(client, viewed(), key=key)
    past = timezone.now() - timedelta(days=31)
    Visit.objects.exclude(visitor__key=fresh).update(recorded_at=past)
    Visitor.objects.filter(key=old).update(seen_at=past)
    visitors.forget_old(timezone.now())
    assert {one.key for one in Visitor.objects.all()} == {seldom, fresh}
    assert Visit.objects.get().visitor.key == fresh


def test_the_script_is_there_for_everybody_and_not_for_long(client, settings):
    answer = client.get("/t.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert not answer.cookies
    assert len(answer.content) <= 2048
    task = settings.CELERY_BEAT_SCHEDULE["forget visits"]["task"]
    assert task == "intake.tasks.forget_visits"


def test_a_manager_lists_sites_and_their_events(client):
    client.force_login(UserFactory(role=roles.MARKETING_MANAGER, is_staff=True))
    form = {"name": "Halden", "origin": ORIGIN, "active": "on"}
    form |= {f"events-{name}": n for name, n in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}
    form |= {"events-0-name": "brochure", "events-0-kind": "download"}
    add = reverse("admin:intake_site_add")
    for wrong in ({"origin": f"{ORIGIN}/"}, {"origin": "www.x.example"}, {"origin": "HTTPS://x"},
                  {"events-0-name": "A b"}, {"events-0-kind": "call"}):  # fmt: skip
        assert client.post(add, form | wrong).status_code == 200, wrong
    assert client.post(add, form).status_code == 302
    assert SiteEvent.objects.get().site.origin == ORIGIN
    change = reverse("admin:intake_site_change", args=[Site.objects.get().pk])
    assert "http://testserver/t.js" in client.get(change).content.decode()
