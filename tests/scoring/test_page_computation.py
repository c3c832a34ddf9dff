"""The card of a computation: it asks while it runs, can be cancelled, and ends with the result."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from scoring.models import Computation
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {
    "HX-Request": "true",
    "HX-Current-URL": "http://testserver/scoring/models/2/preview/?weeks=4",
}


@pytest.fixture
def row():
    now = timezone.now()
    return Computation.objects.create(
        kind="preview", state="running", done=3, total=4, step="Recorded outcomes",
        created_at=now, heartbeat_at=now,
    )  # fmt: skip


@pytest.fixture
def url(row):
    return reverse("scoring:computation", args=[row.pk])


@pytest.fixture
def ivana(client):
    person = UserFactory()
    client.force_login(person)
    return person


def test_while_it_runs_the_card_asks_every_second(client, ivana, url):
    card = client.get(url, headers=HTMX).content.decode()
    assert 'hx-trigger="every 1s"' in card
    assert 'value="75"' in card
    assert "Recorded outcomes" in card
    assert 'value="/scoring/models/2/preview/?weeks=4"' in card
    assert "<html" in client.get(url).content.decode()


def test_once_it_has_ended_the_page_around_it_is_asked_for(client, ivana, url, row):
    Computation.objects.update(state="done", result={})
    assert client.get(url, headers=HTMX)["HX-Refresh"] == "true"
    assert "This computation is done." in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/scoring/models/2/preview/", "/scoring/models/2/preview/"),
        ("https://x.example/", ""),
        ("", ""),
    ],
)
def test_cancel_returns_to_a_page_of_ours(client, ivana, url, row, back, leads_to):
    answer = client.post(reverse("scoring:cancel_computation", args=[row.pk]), {"next": back})
    assert answer.url == (leads_to or url)
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert "Cancelled" in client.get(url).content.decode()


def test_what_has_ended_is_not_cancelled(client, ivana, row):
    Computation.objects.update(state="done", result={})
    client.post(reverse("scoring:cancel_computation", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "done"


def test_only_who_works_on_scoring_sees_it(client, url, row):
    client.force_login(UserFactory(role=roles.REP))
    assert client.get(url).status_code == 403
    assert client.post(reverse("scoring:cancel_computation", args=[row.pk])).status_code == 403


@pytest.mark.parametrize(
    "back", ["nonsense", "https://evil.example/", "//evil.example", "http://["]
)
def test_cancelling_leads_to_no_address_but_ours(client, ivana, url, back):
    answer = client.post(f"{url}cancel/", {"next": back})
    assert (answer.status_code, answer["Location"]) == (302, url)
