"""Outcomes over the API: the moves, rights and gates of the pages, and no move without a reason."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts import roles
from handoff.models import BantAnswer, Discovery, Opportunity
from leads.lifecycle import MOVES_WITH_REASON
from leads.models import Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.api_client import System
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
PAST = "2020-01-01"


@pytest.fixture
def rep():
    return RepFactory(time_zone="Europe/Warsaw")


@pytest.fixture
def system(rep):
    return System("outcomes:write", acts_as=rep, system="crm")


def ahead(days=1):
    return (timezone.now() + timedelta(days=days)).isoformat()


def reported(system, lead, outcome, **said):
    return system.post("/outcomes", {"lead": {"id": lead.pk}, "outcome": outcome, **said})


def refused(answer, status, field=""):
    assert answer.status_code == status, answer.text
    assert answer["Content-Type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["errors"]] == [field] * bool(field)
    return answer.json()["detail"]


def test_the_way_of_a_lead_to_a_customer(system, rep):
    lead = story.handed_off(to=rep)
    answer = reported(
        system, lead, "accept", discovery_at=ahead(), estimate=900, currency="EUR", product="Seats"
    )
    assert (answer.status_code, answer.json()["stage"]) == (200, "sal")
    event = LeadEvent.objects.get(lead=lead, name="accept")
    assert (event.actor, event.details["via"]) == (rep, "api HubSpot")
    assert Opportunity.objects.get().product == "Seats"
    sql = story.an_sql(by=rep)
    assert reported(system, sql, "win", amount=1200.5).json()["stage"] == "customer"
    assert Opportunity.objects.get(lead=sql).amount == 1200.5


def test_a_rep_claims_whom_they_met(system, rep):
    mql = story.an_mql()
    answer = reported(system, mql, "claim", discovery_at=ahead(), note="At the fair")
    assert (answer.json()["stage"], answer.json()["owner"]) == ("sal", rep.email)
    taken = story.accepted()
    refused(reported(system, taken, "claim", discovery_at=ahead()), 404)


@pytest.mark.parametrize(
    ("begin", "outcome", "said", "stage"),
    [
        (story.accepted, "recycle", {"reason": "no_budget"}, "nurture"),
        (story.accepted, "disqualify", {"reason": "spam"}, "disqualified"),
        (story.an_sql, "lose", {"reason": "price"}, "lost"),
        (story.an_sql, "win", {"amount": 0}, "customer"),
    ],
)
def test_each_outcome_moves_the_lead(system, rep, begin, outcome, said, stage):
    lead = begin(by=rep)
    answer = reported(system, lead, outcome, **said)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["stage"], Lead.objects.get(pk=lead.pk).stage) == (stage, stage)


def test_a_discovery_call_that_ended_ready_makes_an_sql(system, rep):
    lead = story.accepted(by=rep)
    refused(reported(system, lead, "qualify_sales", next_step_at=ahead()), 422, "outcome")
    now = timezone.now()
    Discovery.objects.create(lead=lead, by=rep, held_at=now, outcome="ready")
    for question in BantAnswer.Question:
        BantAnswer.objects.create(
            lead=lead, question=question, value="yes", by=rep, recorded_at=now
        )
    answer = reported(system, lead, "qualify_sales", next_step_at=ahead(), amount=500)
    assert answer.json()["stage"] == "sql"


def test_what_was_merged_away_leads_to_who_it_became(system, rep):
    lead = story.handed_off(to=rep)
    gone = LeadFactory(merged_into=lead)
    assert reported(system, gone, "reject", reason="no_budget").json()["id"] == lead.pk


def test_the_lead_is_found_by_the_id_of_the_system(system, rep):
    lead = story.handed_off(to=rep)
    lead.external_ids.create(system="crm", value="7")
    said = {"lead": {"external_id": "7"}, "outcome": "reject", "reason": "no_budget"}
    assert system.post("/outcomes", said).json()["stage"] == "nurture"


def test_a_day_begins_where_the_person_is(system, rep):
    lead = story.handed_off(to=rep)
    day = (timezone.now() + timedelta(days=30)).date()
    answer = reported(system, lead, "reject", reason="bad_timing", until=day.isoformat())
    assert answer.status_code == 200, answer.text
    at = Lead.objects.get(pk=lead.pk).due_at.astimezone(ZoneInfo(rep.time_zone))
    assert (at.date(), at.hour) == (day, 9)


@pytest.mark.parametrize("said", [{}, {"reason": ""}, {"reason": " "}, {"reason": "of_my_own"}])
@pytest.mark.parametrize("name", sorted(set(MOVES_WITH_REASON) - {"demote"}))
def test_no_move_without_a_reason(name, said):
    boss = UserFactory(role=roles.SALES_MANAGER)
    system = System("outcomes:write", acts_as=boss)
    lead = {"lose": story.an_sql, "reject": story.handed_off, "recycle": story.accepted}.get(
        name, story.an_mql
    )()
    if name == "reopen":
        lead = perform(lead, "disqualify", by=UserFactory(), reason="spam")
    events = lead.events.count()
    answer = reported(system, lead, name, **said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "reason"
    assert (lead.events.count(), Lead.objects.get(pk=lead.pk).stage) == (events, lead.stage)


def test_every_move_that_needs_a_reason_and_is_offered_declares_it():
    from leadops.api import api

    schemas = api.get_openapi_schema()["components"]["schemas"]
    offered = {
        name: schema["required"]
        for schema in schemas.values()
        for said in [schema.get("properties", {}).get("outcome", {})]
        for name in said.get("enum", [said.get("const")])
        if "lead" in schema.get("properties", {}) and name
    }
    assert {name for name, needed in offered.items() if "reason" in needed} == (
        set(MOVES_WITH_REASON) - {"demote"}
    )


def test_what_somebody_else_did_meanwhile_is_a_conflict(system, rep):
    lead = story.accepted(by=rep)
    words = refused(reported(system, lead, "accept", discovery_at=ahead()), 409)
    assert rep.display_name in words


def test_the_rights_are_those_of_the_person(system, rep):
    lead = story.accepted(by=RepFactory(team=rep.team))
    refused(reported(system, lead, "recycle", reason="no_budget"), 403)
    marketer = System("outcomes:write", name="m", acts_as=UserFactory())
    refused(reported(marketer, story.an_sql(), "win", amount=1), 403)


def test_what_the_person_may_not_see_is_not_there(system):
    refused(reported(system, LeadFactory(), "disqualify", reason="spam"), 404)
    assert system.post("/outcomes", {"lead": {}, "outcome": "win", "amount": 1}).status_code == 404


@pytest.mark.parametrize(
    ("outcome", "said", "field"),
    [
        ("accept", {"discovery_at": f"{PAST}T00:00:00Z"}, "discovery_at"),
        ("accept", {}, "discovery_at"),
        ("accept", {"discovery_at": "soon"}, "discovery_at"),
        ("accept", {"discovery_at": ahead(), "currency": "XXX"}, "currency"),
        ("accept", {"discovery_at": ahead(), "estimate": -1}, "estimate"),
        ("accept", {"discovery_at": ahead(), "expected_close_on": PAST}, "expected_close_on"),
        ("reject", {"reason": "other", "note": "short"}, "note"),
        ("reject", {"reason": "bad_timing"}, "until"),
        ("undo", {}, "outcome"),
        ("qualify", {}, "outcome"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_at_its_field(system, rep, outcome, said, field):
    lead = story.handed_off(to=rep)
    answer = reported(system, lead, outcome, **said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert Lead.objects.get(pk=lead.pk).stage == "handed_off"
