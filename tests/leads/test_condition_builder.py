"""The builder's own address: it answers with the builder as it is after a press or a choice."""

import pytest
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.browser_forms import inputs
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
GERMAN = {
    "rules-0-condition.0.match": "all",
    "rules-0-condition.0-0.subject": "lead.country",
    "rules-0-condition.0-0.op": "is",
    "rules-0-condition.0-0.value": "DE",
    "other.0.match": "any",
}


@pytest.fixture
def client(client):
    client.force_login(UserFactory())
    return client


def built(client, posted, used="rules-0-condition.do"):
    return client.post(reverse("leads:builder"), posted, headers={"HX-Trigger-Name": used})


def test_it_shows_the_inputs_that_fit(client):
    answer = built(client, GERMAN | {"rules-0-condition.0-0.subject": "company.employees"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "is at least" in html
    assert "starts with" not in html
    assert "other." not in html


def test_a_press_adds_a_row(client):
    answer = built(client, GERMAN | {"rules-0-condition.do": "row 0"})
    assert inputs(answer.content.decode())["rules-0-condition.0-1.subject"] == ""
    assert "autofocus" in answer.content.decode()


def test_it_says_the_condition_in_words(client):
    assert "country is DE" in built(client, GERMAN).content.decode()


def test_what_is_wrong_stands_at_its_row_and_what_is_missing_waits(client):
    wrong = {"rules-0-condition.0-1.subject": "lead.shoe_size"}
    missing = {"rules-0-condition.0-0.value": ""}
    html = built(client, GERMAN | wrong | missing).content.decode()
    assert html.count("condition-error") == 1
    assert "This field does not exist." in html.split('id="error_rules-0-condition.0-1.subject"')[1]
    assert "Not right yet: row 1, 2. The value is missing." in html
    assert "aria-invalid" not in html


def test_it_counts_only_leads_that_the_reader_sees(client):
    LeadFactory(country="DE"), LeadFactory(country="AT")
    counting = GERMAN | {"rules-0-condition.counts": "1"}
    assert "1 lead matches." in built(client, counting).content.decode()
    client.force_login(RepFactory())
    assert "0 leads match." in built(client, counting).content.decode()


@pytest.mark.parametrize("used", ["", "x.do", "rules-0-condition", "."])
def test_what_is_no_builder_is_a_bad_request(client, used):
    status = 200 if used == "rules-0-condition" else 400
    assert built(client, GERMAN, used).status_code == status
    assert client.get(reverse("leads:builder")).status_code == 405


def test_a_condition_that_takes_long_is_told(client, monkeypatch):
    LeadFactory()
    slow = Q(RawSQL("pg_sleep(1) IS NOT NULL", [], output_field=BooleanField()))
    monkeypatch.setattr("leads.counting.PATIENCE", 10)
    monkeypatch.setattr("leads.counting.to_q", lambda *args, **options: slow)
    answer = built(client, GERMAN | {"rules-0-condition.counts": "1"})
    assert "It takes long to find the leads that match." in answer.content.decode()


DEEP = {f"rules-0-condition.0{'-0' * n}.match": "all" for n in range(12)}
HOSTILE = {
    "11 groups deep": DEEP
    | {
        f"rules-0-condition.0{'-0' * 12}.subject": "did",
        f"rules-0-condition.0{'-0' * 12}.kind": "form",
    },
    "99 groups deep": {f"rules-0-condition.0{'-0' * n}.match": "all" for n in range(99)},
    "10,000 values": {
        "rules-0-condition.0-0.op": "in",
        "rules-0-condition.0-0.value": "\n".join(str(n) for n in range(10_000)),
    },
    "SQL": {"rules-0-condition.0-0.value": "'; DROP TABLE leads_lead; --"},
    "NUL": {"rules-0-condition.0-0.value": "D\0E"},
    "unknown field": {"rules-0-condition.0-0.subject": "lead.password"},
    "wrong type": {"rules-0-condition.0-0.subject": "attr.x' OR 1=1"},
}
SAYS = {
    "11 groups deep": "nested deeper than 10",
    "99 groups deep": "Says nothing yet.",
    "10,000 values": "more than 1000 entries",
    "SQL": "country is &#x27;; DROP TABLE leads_lead; --",
    "NUL": "has characters that no text may have",
    "unknown field": "This field does not exist.",
    "wrong type": "This field does not exist.",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_input_gets_an_answer_in_words(client, what):
    answer = built(client, GERMAN | HOSTILE[what])
    assert answer.status_code == 200
    assert SAYS[what] in answer.content.decode()


_texts = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_texts, _texts, _texts, _texts)
def test_no_text_breaks_it(client, subject, op, value, action):
    row = "rules-0-condition.0-0."
    said = {f"{row}subject": subject, f"{row}op": op, f"{row}value": value}
    answer = built(client, GERMAN | said | {"rules-0-condition.do": action})
    assert answer.status_code == 200
    assert inputs(answer.content.decode())["rules-0-condition.0.match"] == "all"
