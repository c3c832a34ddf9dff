"""Whatever anybody types into an address or a form, no page of ours answers with a 5xx."""

import random
import re
from urllib.parse import quote

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, get_resolver

from accounts import roles
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory
from tests.intake.form_world import a_form

HUGE = "9" * 5000  # more than int() reads
# Each has been an error in some program.
SHARP = [
    HUGE, "9" * 30, "\x00", "\ud800", "²", "NaN_1", "NaN~1", "1e999999_1", "1e999999~1",
    f"1_{HUGE}", "9999-12-31", "0001-01-01T00:00", "0001-01-01T00:00:00+14:00_1",
    "9999-12-31T23:59:59-14:00~1", "9999-12-31T23:59:59-14:00~1~1", "http://[",
]  # fmt: skip
BLUNT = [
    "", "-1", "1.5", "x" * 10_000, "'\"<script>", "%s", "{0}", "true", "[]", "1,2,x", "user:1",
    "team:1", "-score", "stage_at", "recycled", "team", "ready", "nurture", "suspect", "no_answer",
    "other", "misrouted", "bad_timing", "yes", "2099-01-01T10:00", "2099-01-01", "a" * 20,
]  # fmt: skip
NAMES = [
    "q", "stage", "grade", "source", "campaign", "owner", "queue", "cycle", "since", "sort",
    "after", "before", "shows", "older", "tab", "ids", "newer", "team", "scope", "next", "sure",
    "to", "note", "reason", "detail", "until", "goes_to", "discovery_at", "next_step_at",
    "next_attempt_at", "amount", "estimate", "product", "outcome", "look", "save", "page", "go",
    "budget_value", "budget_basis", "budget_evidence", "right_contact", "notes", "kind", "body",
    "first_name", "email", "company", "country", "lines", "login", "password", "encoding",
    "at", "lead", "order_by", "file",
    "where", "view", "go", "where.0.match", "where.0-0.subject", "where.0-0.op", "where.do",
    "weeks", "capacity", "list", "need", "currency", "expected_close_on", "hours", "pausing",
    "last_name", "phone", "interest", "one", "team",
    "due_at", "churned_on", "tab", "draft_at", "own-decision",
    "lead.email", "message", "consent.newsletter", "stamp", "visitor", "referrer",
    "weeks", "capacity", "list", "settlement", "whose", "days",
]  # fmt: skip
VERBS = [
    "accept", "reject", "hand_off", "recycle", "disqualify", "qualify", "claim", "recall",
    "reassign", "reopen", "win", "lose", "reengage", "demote", "qualify_sales", "undo", "pause",
    "x",
]  # fmt: skip
TARGETS = [
    "preview",
    "more",
    "newer",
    "inbox",
    "queue",
    "timeline",
    "older",
    "leads",
    "lead",
    "team",
]
ROLES = [roles.MARKETER, roles.REP, roles.SALES_MANAGER, roles.CUSTOMER_SUCCESS, ""]
TRIES = 4
# Where text is parsed by hand: (page, name, the part that htmx asks for).
PARSED = [
    ("/leads/", "after", "leads"),
    ("/leads/?sort=stage_at", "before", "leads"),
    ("/leads/?cycle=mql", "since", "leads"),
    ("/leads/", "campaign", "leads"),
    ("/leads/", "where", "leads"),
    ("/leads/view/", "view", "form"),
    ("POST /leads/view/", "where.0.match", "form"),
    ("/leads/{}/", "older", "timeline"),
    ("/leads/{}/edit/", "next", ""),
    ("/scoring/models/1/try/", "at", "found"),
    ("/scoring/models/1/try/", "lead", "found"),
    ("POST /leads/{}/edit/", "next", ""),
    ("/review/", "after", "more"),
    ("/inbox/", "after", "more"),
    ("/inbox/", "newer", "newer"),
    ("/inbox/", "pausing", "inbox"),
    ("/inbox/team/", "team", "team"),
    ("/inbox/team/", "after", "more"),
    ("/inbox/claim/", "q", ""),
    ("/inbox/claim/?q=anke", "lead", ""),
    ("POST /inbox/team/", "ids", ""),
    ("POST /inbox/team/", "to", ""),
    ("POST /inbox/claim/", "email", ""),
    ("POST /inbox/{}/pause/", "hours", ""),
    ("POST /inbox/{}/pause/", "reason", ""),
    ("/feedback/?tab=told", "after", "feedback"),
    ("/feedback/?tab=content", "days", "feedback"),
    ("/notices/", "before", "notices"),
    ("POST /review/approve/", "ids", ""),
    ("POST /leads/bulk/reassign/", "ids", ""),
    ("POST /handoffs/undo/review/", "ids", ""),
    ("POST /inbox/{}/accept/", "discovery_at", ""),
    ("POST /review/{}/hand_off/", "to", ""),
    ("POST /leads/{}/do/disqualify/", "until", ""),
    ("POST /leads/{}/bant/", "need_evidence", ""),
    ("POST /leads/{}/churn/", "churned_on", ""),
    ("/pipeline/", "after", "pipeline"),
    ("/f/demo/", "utm_source", ""),
    ("POST /f/demo/", "lead.email", ""),
    ("POST /f/demo/", "stamp", ""),
    ("/pipeline/", "owner", "pipeline"),
]


def raw(value):
    return value.encode("utf-8", "surrogatepass")


def addresses(patterns, prefix="/"):
    """Each address of our own pages, with <converter:name> where something varies."""
    for entry in patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLPattern):
            yield simplify_regex(route) if "(?P" in route else route.rstrip("$")
        elif not route.startswith("/admin/"):  # Django's own
            yield from addresses(entry.url_patterns, route)


def filled(path, pick, ids):
    def fill(match):
        if match[1] == "int":
            return pick([*ids, *ids, "0", "1", str(2**63), HUGE])
        known = {"name": VERBS, "where": ["review", "inbox", "x"], "slug": ["demo", "demo", "x"]}
        return pick(known.get(match[2], ["x", "%00"]))

    return re.sub(r"<(?:(\w+):)?(\w+)>", fill, path)


@pytest.fixture
def rep():
    return RepFactory()


@pytest.fixture
def ids(rep):
    made = [
        story.a_lead(),
        story.an_mql(),
        story.handed_off(to=rep),
        story.accepted(by=rep),
        story.an_sql(by=rep),
    ]
    a_form()
    return [str(lead.pk) for lead in made]


@pytest.fixture
def client(client, db):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("role", ROLES)
def test_no_page_breaks_on_hostile_input(client, rep, ids, role):
    if role:
        client.force_login(rep if role == roles.REP else UserFactory(role=role))
    pick = random.Random(f"hostile {role}").choice
    for path in sorted(set(addresses(get_resolver().url_patterns))):
        for attempt in range(TRIES):
            url = filled(path, pick, ids)
            said = {pick(NAMES): raw(pick([*SHARP, *BLUNT])) for _ in range(8)}
            headers = {"HX-Request": "true", "HX-Target": pick(TARGETS)} if pick([0, 1]) else {}
            send = client.post if attempt % 2 else client.get
            assert send(url, said, headers=headers).status_code < 500, (url, said, headers)


@pytest.mark.parametrize(("page", "name", "part"), PARSED)
def test_no_text_breaks_the_page_that_parses_it(client, ids, page, name, part):
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    headers = {"HX-Request": "true", "HX-Target": part}
    method, url = page.split() if " " in page else ("GET", page)
    url = url.format(ids[1])
    url += "&" if "?" in url else "?"
    for value in SHARP:
        asked = url + f"{name}={quote(raw(value))}"
        answer = client.generic(
            method, asked, f"{name}={quote(raw(value))}",
            content_type="application/x-www-form-urlencoded", headers=headers,
        )  # fmt: skip
        assert answer.status_code < 500, asked


@pytest.mark.parametrize("role", [roles.SALES_MANAGER, ""])
def test_a_broken_address_of_the_browser_breaks_nothing(client, role):
    if role:
        client.force_login(UserFactory(role=role))
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[x/"}
    assert client.get("/leads/", headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["disqualify", "claim", "qualify", "recycle"])
def test_pages_work_before_anybody_wrote_an_agreement(client, name):
    lead = LeadFactory()
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    for url in ["/", "/review/", "/inbox/", "/leads/", f"/review/{lead.pk}/", f"/leads/{lead.pk}/"]:
        assert client.get(url).status_code == 200, url
    for url in [
        f"/leads/{lead.pk}/do/{name}/",
        f"/leads/bulk/{name}/",
        f"/review/{lead.pk}/{name}/",
    ]:
        said = {"reason": "x", "ids": lead.pk, "sure": 1}
        assert client.post(url, said).status_code < 500, url
