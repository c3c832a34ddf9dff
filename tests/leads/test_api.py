"""Leads and cycles as other systems read them: whole, in pages without gaps, within their sight."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import roles
from leads.changes import recording
from leads.models import Campaign, Cycle, Lead
from tests import story
from tests.api_client import System
from tests.factories import AttributeFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return System("leads:read")


def walked(system, path, between=lambda: None, **said):
    """The ids of all pages, and how many pages there were."""
    found, pages, cursor = [], 0, ""
    while cursor is not None:
        answer = system.get(path, {"cursor": cursor, **said}).json()
        found += [one["id"] for one in answer["items"]]
        cursor, pages = answer["next"], pages + 1
        between()
    return found, pages


def ids(system, path="/leads", **said):
    answer = system.get(path, said)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def test_a_lead_is_told_whole(system):
    rep = RepFactory()
    campaign = Campaign.objects.create(name="Fair")
    lead = story.accepted(by=rep, campaign=campaign)
    lead.external_ids.create(system="hubspot", value="7")
    told = system.get(f"/leads/{lead.pk}").json()
    assert (told["email"], told["stage"], told["owner"]) == (lead.email, "sal", rep.email)
    assert told["company"]["domain"] == lead.company.domain
    assert told["campaign"] == "Fair"
    assert told["external_ids"] == [{"system": "hubspot", "value": "7"}]
    assert told["score"] == 80
    assert system.get("/leads").json()["items"] == [told]


@pytest.mark.parametrize("pk", ["0", "999999", str(2**63), "9" * 5_000, "x"])
def test_a_lead_that_is_none(system, pk):
    answer = system.get(f"/leads/{pk}")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_pages_leave_nothing_out_while_rows_are_added(system):
    before = [LeadFactory().pk for _ in range(7)]
    more = iter([LeadFactory, LeadFactory])
    found, pages = walked(system, "/leads", lambda: next(more, lambda: None)(), limit=2)
    assert found == sorted(set(found))
    assert set(before) < set(found)
    assert len(found) == Lead.objects.count()
    assert pages == 5


@pytest.mark.parametrize("cursor", ["x", "é", "%00", "aWQgeA", "aWQgMSAy", "9" * 101, "////"])
def test_a_cursor_that_is_none(system, cursor):
    answer = system.get("/leads", {"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    "said",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "1_0"},
        {"limit": " 1"},
        {"limit": "1.0"},
        {"stage": "x"},
        {"changed_since": "2026-03-02"},
        {"changed_since": "2026-03-02T09:00:00"},
        {"stagee": "mql"},
    ],
)
def test_a_filter_that_is_none(system, said):
    answer = system.get("/leads", said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(said))


def test_filters(system):
    mql, other = story.an_mql(), LeadFactory(email="Some@b.example")
    assert ids(system, stage="mql") == [mql.pk]
    assert ids(system, email="some@B.example") == [other.pk]


def test_only_what_has_changed_since(system):
    with time_machine.travel("2026-01-01 09:00:00+00:00"):
        edited, attributed, employed, scored, moved, same = [story.a_lead() for _ in range(6)]
    since = timezone.now() - timedelta(minutes=5)
    born = LeadFactory()
    Lead.objects.filter(pk=edited.pk).update(city="Gent")
    type(employed.company).objects.filter(pk=employed.company_id).update(employees=9)
    Lead.objects.filter(pk=scored.pk).update(scored_at=timezone.now(), score=1)
    Lead.objects.filter(pk=moved.pk).update(stage_at=timezone.now())
    AttributeFactory(code="seats", kind="number")
    attributed.attributes.values = {"seats": 1}
    attributed.attributes.save()
    with recording("earlier", since - timedelta(days=1)):
        Lead.objects.filter(pk=same.pk).update(city="Gent")
    changed = [edited, attributed, employed, scored, moved, born]
    assert ids(system, changed_since=since.isoformat()) == sorted(lead.pk for lead in changed)


def test_as_of_begins_the_next_run(system):
    told = system.get("/leads").json()["as_of"]
    lead = LeadFactory()
    assert ids(system, changed_since=told) == [lead.pk]


def test_a_key_sees_what_its_person_sees():
    rep = RepFactory()
    mine, other = story.handed_off(to=rep), LeadFactory()
    sees = {
        roles.MARKETER: [mine.pk, other.pk],
        roles.CUSTOMER_SUCCESS: [],
    }
    for role, expected in sees.items():
        assert ids(System("leads:read", name=role, acts_as=UserFactory(role=role))) == expected
    own = System("leads:read", name="rep", acts_as=rep)
    assert ids(own) == [mine.pk]
    assert own.get(f"/leads/{other.pk}").status_code == 404
    assert len(ids(own, "/cycles")) == 1
    stranger = System("leads:read", name="other", acts_as=RepFactory())
    assert ids(stranger, "/cycles") == []


def test_cycles(system):
    lead = story.an_sql()
    story.an_mql()
    told = system.get("/cycles").json()["items"][0]
    cycle = Cycle.objects.get(lead=lead)
    assert (told["lead"], told["number"], told["outcome"]) == (lead.pk, 1, "open")
    assert told["accepted_by"] == lead.owner.email
    assert ids(system, "/cycles", outcome="won") == []
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert ids(system, "/cycles", since=later) == []
    found, pages = walked(system, "/cycles", limit=1)
    assert (found[0], len(found), pages) == (cycle.pk, 2, 2)


@pytest.mark.parametrize("path", ["/leads", "/cycles"])
def test_thirty_cost_as_many_queries_as_one(system, path, django_assert_max_num_queries):
    story.accepted()
    system.get(path)
    with django_assert_max_num_queries(20) as for_one:
        assert len(ids(system, path)) == 1
    for _ in range(30):
        lead = story.an_mql(campaign=Campaign.objects.create(name=str(_)))
        lead.external_ids.create(system="x", value=str(_))
    with django_assert_max_num_queries(len(for_one)):
        assert len(ids(system, path)) == 31


@pytest.mark.parametrize("zone", ["+23:59", "-23:59", "+16:00"])
def test_a_moment_may_come_from_any_zone(system, zone):
    lead = LeadFactory()
    for path in ("/leads", "/cycles"):
        name = "changed_since" if path == "/leads" else "since"
        answer = system.get(path, {name: f"2026-03-02T09:00:00{zone}"})
        assert answer.status_code == 200, answer.text
    assert ids(system, changed_since=f"2026-03-02T09:00:00{zone}") == [lead.pk]
