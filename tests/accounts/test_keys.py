"""Keys: their secret is kept nowhere, they end when they should, managers make and revoke them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import keys, roles
from accounts.models import ApiKey
from tests.api_client import System
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    manager = UserFactory(role=roles.SALES_MANAGER, is_staff=True)
    client.force_login(manager)
    return manager


def test_the_secret_stands_nowhere_in_the_database():
    system = System()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM accounts_apikey k")
        row = cursor.fetchone()[0]
    assert system.secret not in row
    assert system.secret[10:] not in row
    assert system.key.digest in row


@pytest.mark.parametrize(
    "state",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
    ],
)
def test_a_key_that_is_over_lets_nobody_in(state):
    assert System(name="goes").get("/me").status_code == 200
    answer = System(**state).get("/me")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_ends_with_the_person_whom_it_acts_as():
    rep = RepFactory()
    system = System(acts_as=rep)
    assert system.get("/me").json()["acts_as"] == rep.email
    rep.is_active = False
    rep.save()
    assert system.get("/me").status_code == 401


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer x", "Basic eDp5", "bearer lo_" + "é" * 9])
def test_what_is_no_key_is_refused(client, said):
    answer = client.get("/api/v1/me", headers={"Authorization": said.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_is_no_key(client, boss):
    assert client.get("/api/v1/me").status_code == 401


def test_last_used_is_noted_once_a_minute():
    system = System()
    with time_machine.travel("2026-03-02 09:00:00+00:00", tick=False) as clock:
        seen = []
        for seconds in (0, 59, 1):
            clock.shift(seconds)
            system.get("/me")
            seen.append(ApiKey.objects.get().last_used_at)
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize("columns", [{"scopes": ["everything"]}, {"scopes": []}])
def test_the_database_knows_the_scopes(columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        keys.make(ApiKey(name="x", **columns), by=None, now=timezone.now())


def test_moving_leads_needs_a_person():
    with pytest.raises(IntegrityError), transaction.atomic():
        System("outcomes:write")


def test_a_manager_makes_a_key_and_sees_its_secret_once(client, boss):
    said = {"name": "CRM", "scopes": ["leads:read", "leads:write"]}
    page = client.post(reverse("admin:accounts_apikey_add"), said)
    key = ApiKey.objects.get()
    secret = page.text.split('id="secret">')[1].split("<")[0]
    assert keys.find(secret, now=timezone.now()) == key
    assert (key.created_by, key.scopes) == (boss, said["scopes"])
    assert "no-store" in page["Cache-Control"]
    again = client.get(reverse("admin:accounts_apikey_change", args=[key.pk])).text
    assert key.prefix in again
    assert secret not in again


def test_a_key_that_moves_leads_asks_for_a_person(client, boss):
    said = {"name": "CRM", "scopes": ["outcomes:write"]}
    page = client.post(reverse("admin:accounts_apikey_add"), said)
    assert "Name the person" in page.text
    assert not ApiKey.objects.exists()


def test_a_manager_makes_no_administrator_of_a_key(client, boss):
    chief = UserFactory(role=roles.SALES_MANAGER, is_superuser=True)
    said = {"name": "CRM", "scopes": ["outcomes:write"], "acts_as": chief.pk}
    assert client.post(reverse("admin:accounts_apikey_add"), said).status_code == 200
    assert not ApiKey.objects.exists()


def test_a_manager_revokes_a_key_at_once(client, boss):
    system = System()
    chosen = {"action": "revoke", "_selected_action": [system.key.pk]}
    client.post(reverse("admin:accounts_apikey_changelist"), chosen)
    assert system.get("/me").status_code == 401
    assert ApiKey.objects.get().revoked_by == boss
    page = client.get(reverse("admin:accounts_apikey_change", args=[system.key.pk]))
    assert 'name="scopes"' not in page.text


@pytest.mark.parametrize("role", [roles.MARKETER, roles.REP, roles.CUSTOMER_SUCCESS])
def test_others_make_none(client, role):
    client.force_login(UserFactory(role=role, is_staff=True))
    assert client.get(reverse("admin:accounts_apikey_add")).status_code == 403
    assert client.get(reverse("admin:accounts_apikey_changelist")).status_code == 403
