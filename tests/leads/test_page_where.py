"""A condition over the list of leads, in its address."""

import json
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Lead, SavedView
from tests.factories import AttributeFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/leads/"
GERMAN = {"field": "lead.country", "op": "is", "value": "DE"}
AUSTRIAN = GERMAN | {"value": "AT"}


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana")
    client.force_login(marketer)
    return marketer


def where(condition, **more):
    said = condition if isinstance(condition, str) else json.dumps(condition)
    return f"{LIST}?{urlencode({'where': said, **more})}"


def rows(answer):
    return set(answer.context["page"].rows)


def test_a_condition_narrows_and_is_said_in_words(client, ivana):
    german = LeadFactory(country="DE")
    LeadFactory(country="AT")
    answer = client.get(where(GERMAN))
    assert rows(answer) == {german}
    assert "country is DE" in answer.content.decode()
    assert rows(client.get(where(AUSTRIAN, source="Fair"))) == set()


def test_a_condition_shows_nobody_whom_the_reader_may_not_see(client):
    LeadFactory(country="DE")
    rep = RepFactory()
    client.force_login(rep)
    assert rows(client.get(where(GERMAN))) == set()
    view = SavedView.objects.create(
        owner=UserFactory(), name="Germans", is_shared=True, condition=GERMAN
    )
    assert rows(client.get(view.get_absolute_url())) == set()


BAD = {
    "no JSON": ("{", "This is no condition."),
    "very deep JSON": ("[" * 100_000, "This is no condition."),
    "a list": ("[]", "is not a condition"),
    "a number": ("5", "is not a condition"),
    "unknown field": ({"field": "lead.password", "op": "is", "value": "x"}, "is not a field"),
    "unknown attribute": ({"field": "attr.none", "op": "is", "value": "x"}, "is not a field"),
    "wrong type": ({**GERMAN, "value": 5}, "value: 5 is not a text"),
    "10,000 values": ({**GERMAN, "op": "in", "value": ["x"] * 10_000}, "more than 1000 entries"),
    "NUL": ({**GERMAN, "value": "a\0b"}, "has characters that no text may have"),
    "10,000 statements": ({"all": [GERMAN] * 10_000}, "more than 200 statements"),
    "archived": ({"field": "attr.old", "op": "empty"}, "is archived"),
}
BAD["20 deep"] = '{"all":[' * 20 + json.dumps(GERMAN) + "]}" * 20, "nested deeper than 10"
BAD["90,000 deep"] = '{"all":[' * 90_000 + "]}" * 90_000, "This is no condition."


@pytest.mark.parametrize("what", BAD)
def test_a_bad_condition_is_told_in_words(client, ivana, what):
    said, problem = BAD[what]
    AttributeFactory(code="old", archived_at="2026-01-01T00:00Z")
    answer = client.get(where(said))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert problem in html.replace("&#x27;", "'")
    assert "Show all leads" in html


def test_a_condition_that_takes_long_is_told(client, ivana, monkeypatch):
    LeadFactory.create_batch(3)
    monkeypatch.setattr("leads.counting.PATIENCE", 1)
    monkeypatch.setattr("leads.views_list.paging.page", lambda *args, **place: _sleep())
    answer = client.get(where(GERMAN))
    assert answer.status_code == 422
    assert "It takes long to find the leads that match." in answer.content.decode()


def _sleep():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_breaks_the_list(client, ivana, text):
    for said in (text, json.dumps({**GERMAN, "value": text}), json.dumps({text: [GERMAN]})):
        answer = client.get(f"{LIST}?where={quote(said)}&view={quote(text)}")
        assert answer.status_code in (200, 302, 422)
        assert client.get(f"{reverse('leads:view')}?where={quote(said)}").status_code in (200, 302)
    assert Lead.objects.count() == 0
