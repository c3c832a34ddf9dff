"""The door of the API: scopes, limits, and every way in which a request cannot be read."""

import pytest

from accounts import roles
from accounts.models import ApiKey
from tests import story
from tests.api_client import System
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
Scope = ApiKey.Scope
AT = "2026-03-02T09:00:00+01:00"
ENDPOINTS = [  # (method, path, body, scope)
    ("GET", "/leads", None, Scope.READ_LEADS),
    ("GET", "/leads/{}", None, Scope.READ_LEADS),
    ("GET", "/cycles", None, Scope.READ_LEADS),
    ("GET", "/handoffs", None, Scope.READ_HANDOFFS),
    ("POST", "/leads", {"items": [{"email": "a@b.example"}]}, Scope.WRITE_LEADS),
    (
        "POST",
        "/activities",
        {"items": [{"lead": {"id": 1}, "kind": "call", "happened_at": AT}]},
        Scope.WRITE_ACTIVITIES,
    ),
    (
        "POST",
        "/outcomes",
        {"lead": {"id": 1}, "outcome": "lose", "reason": "price"},
        Scope.WRITE_OUTCOMES,
    ),
]
DEEP = b"[" * 100_000 + b"]" * 100_000
UNREADABLE = [
    (b"", 422),
    (b"{", 400),
    (b"null", 422),
    (b"[]", 422),
    (b"\xff\xfe", 400),
    (b'{"items": NaN}', 400),
    (b'{"items": [{"email": "\\ud800"}]}', 400),
    (b'{"items": [{"email": "a\x00b"}]}', 400),
    (b'{"items": [{"city": "a\\u0000b", "email": "a@b.example"}]}', 422),
    (b'{"items": [{"email": "a@b.example", "attributes": {"a\\u0000": 1}}]}', 422),
    (DEEP, 400),
    (b'{"items": [{"company": {"employees": ' + b"9" * 5_000 + b"}}]}", 400),
    (b'{"items": [{"company": {"revenue": 1e999}}]}', 422),
    (b'{"items": [{"nonsense": 1}]}', 422),
]


def asked(system, method, path, body):
    path = path.format(LeadFactory().pk)
    return system.get(path) if method == "GET" else system.post(path, body)


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize(("method", "path", "body", "needed"), ENDPOINTS)
def test_each_endpoint_asks_for_its_scope(method, path, body, needed, scope):
    system = System(scope, acts_as=UserFactory(role=roles.SALES_MANAGER))
    answer = asked(system, method, path, body)
    if scope == needed:
        assert answer.status_code in (200, 404), answer.text
    else:
        assert answer.status_code == 403
        assert needed in answer.json()["detail"]


def test_every_endpoint_stands_in_this_matrix():
    from leadops.api import api

    known = {("GET", "/api/v1/me")}
    known |= {(m, f"/api/v1{path}".format("{lead_id}")) for m, path, *_ in ENDPOINTS}
    paths = api.get_openapi_schema()["paths"]
    assert {(m.upper(), path) for path, methods in paths.items() for m in methods} == known


@pytest.mark.parametrize(("body", "status"), UNREADABLE, ids=lambda v: str(v)[:30])
def test_what_cannot_be_read_is_told(body, status):
    answer = System("leads:write").post("/leads", body)
    assert answer.status_code == status, answer.text
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_refusal_names_the_field():
    items = [{"email": "a@b.example"}] * 3 + [{"email": "x" * 300}]
    said = System("leads:write").post("/leads", {"items": items}).json()
    assert [one["field"] for one in said["errors"]] == ["items[3].email"]
    deeper = {"items": [{"company": {"employees": -1}}]}
    said = System("leads:write", name="second").post("/leads", deeper).json()
    assert [one["field"] for one in said["errors"]] == ["items[0].company.employees"]
    either = {"items": [{"attributes": {"seats": [1]}}]}
    said = System("leads:write", name="third").post("/leads", either).json()
    assert [one["field"] for one in said["errors"]] == ["items[0].attributes.seats"]
    assert "; " in said["errors"][0]["message"]


def test_an_address_that_is_none():
    answer = System("leads:read").get("/nonsense")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "head"])
def test_a_method_that_is_none(method):
    system = System("leads:read")
    answer = getattr(system.client, method)("/api/v1/me", headers=system._headers({}))
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large(settings):
    settings.API_BODY_BYTES = 100
    answer = System("leads:write").post("/leads", b" " * 101)
    assert answer.status_code == 413


def test_a_batch_may_be_larger_than_a_form(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    items = [{"email": f"a{i}@b.example"} for i in range(20)]
    assert System("leads:write").post("/leads", {"items": items}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}],
)
def test_a_body_that_is_no_json(headers):
    system = System("leads:write")
    kind = headers.get("Content-Type", "application/json")
    answer = system.client.post(
        "/api/v1/leads", b"x", content_type=kind, headers=system._headers(headers)
    )
    assert answer.status_code == 415


def test_a_nul_in_the_address():
    assert System("leads:read").get("/leads?email=a%00b").status_code == 422


def test_who_comes_too_often_is_told_when_to_come_again(settings):
    settings.API_REQUESTS_A_MINUTE = 2
    system = System("leads:read")
    answers = [system.get("/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in answers} == {"2"}
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert answers[2]["Retry-After"] == answers[2]["RateLimit-Reset"]
    assert System("leads:read", name="another").get("/me").status_code == 200


def test_nothing_private_stays_in_a_cache():
    story.an_mql()
    assert "no-store" in System("leads:read").get("/leads")["Cache-Control"]


def test_the_schema_is_for_keys_and_the_page_for_people(client):
    schema = System("leads:read").get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert client.get("/api/v1/openapi.json").status_code == 401
    client.force_login(UserFactory())
    page = client.get("/api/v1/docs")
    for path, methods in schema["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page.text
    assert "items[].company.domain" in page.text
    assert "outcomes:write" in page.text


def test_the_examples_of_the_page_work():
    from intake import api_activities, api_leads

    system = System()
    assert system.post("/leads", api_leads.EXAMPLE).json()["created"] == 1
    assert system.post("/activities", api_activities.EXAMPLE).json()["recorded"] == 1
