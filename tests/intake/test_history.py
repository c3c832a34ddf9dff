"""The past of another system: its moments, outcomes and opportunities, and no law broken by it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from handoff import judging, replaying
from handoff.models import Handoff, Opportunity, ReviewEntry
from insights import today
from intake.staging import UNKNOWN
from leads.models import Cycle, Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory
from tests.intake.conftest import import_file, reasons, totals, world
from tests.intake.history import WON, assert_lawful, remember

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moves():
    events = LeadEvent.objects.exclude(source="").order_by("pk")
    return list(events.values_list("name", "source", "target"))


def test_a_whole_pass_is_told_by_events_a_cycle_and_an_opportunity():
    rep = RepFactory()
    job = remember(WON | {"Owner": rep.email.upper()})
    assert totals(job) == {"created": 1}
    lead = Lead.objects.get()
    assert (lead.stage, lead.owner, lead.created_at) == ("customer", rep, at("2024-01-02"))
    assert moves() == [
        ("qualify", "unqualified", "mql"),
        ("hand_off", "mql", "handed_off"),
        ("accept", "handed_off", "sal"),
        ("qualify_sales", "sal", "sql"),
        ("win", "sql", "customer"),
    ]
    cycle = Cycle.objects.get()
    assert (cycle.origin, cycle.agreement, cycle.outcome) == ("import", None, "won")
    assert (cycle.opened_at, cycle.handed_off_at) == (at("2024-01-05"), at("2024-01-06T09:30"))
    assert (cycle.accepted_at, cycle.qualified_at) == (at("2024-01-07"), at("2024-02-01"))
    assert (cycle.closed_at, cycle.amount) == (at("2024-03-01"), Decimal("1200.50"))
    assert cycle.accepted_by == rep
    deal = Opportunity.objects.get()
    assert (deal.status, deal.amount, deal.currency) == ("won", Decimal("1200.50"), "USD")
    assert (deal.external_id, deal.closed_at) == ("006A", at("2024-03-01"))
    assert not Handoff.objects.exists()
    assert_lawful()


def test_the_same_file_twice_changes_nothing():
    remember(WON, {"Email": "bo@example.com", "MQL": "2024-05-01"})
    before = [*world(), list(Opportunity.objects.values()), list(Cycle.objects.values())]
    assert totals(remember(WON, {"Email": "bo@example.com", "MQL": "2024-05-01"})) == {
        "unchanged": 2
    }
    after = [*world(), list(Opportunity.objects.values()), list(Cycle.objects.values())]
    assert after == before


@pytest.mark.parametrize(
    ("row", "stage", "outcome"),
    [
        ({}, "unqualified", None),
        ({"Stage": "New"}, "unqualified", None),
        ({"MQL": "2024-01-05"}, "mql", "open"),
        ({"Stage": "mql"}, "mql", "open"),
        ({"Handed off": "2024-01-05"}, "mql", "open"),
        ({"Accepted": "2024-01-05"}, "sal", "open"),
        ({"Stage": "SQL"}, "sql", "open"),
        ({"Stage": "Nurture", "MQL": "2024-01-05", "Reason": "Bad timing"}, "nurture", "recycled"),
        ({"Stage": "Rejected", "Handed off": "2024-01-05"}, "unqualified", "rejected"),
        ({"Stage": "Disqualified", "Closed": "2024-02-01"}, "disqualified", None),
        ({"Stage": "Disqualified", "MQL": "2024-01-05"}, "disqualified", "disqualified"),
        ({"Stage": "Closed lost", "Closed": "2024-02-01"}, "lost", "lost"),
        ({"Stage": "Unqualified", "MQL": "2024-01-05"}, "unqualified", "demoted"),
    ],
)
def test_a_lead_ends_where_the_file_says(row, stage, outcome):
    rep = RepFactory()
    story.agreement_in_force()
    remember({"Email": "ann@example.com", "First": "2024-01-01", "Owner": rep.email} | row)
    lead = Lead.objects.get()
    assert lead.stage == stage
    assert lead.owner == (rep if stage in ("sal", "sql", "lost") else None)
    cycle = Cycle.objects.first()
    assert (cycle.outcome if cycle else None) == outcome
    assert_lawful()
    judging.judge_stale()
    assert Lead.objects.get().stage == stage
    assert_lawful()


def test_a_deal_won_before_its_first_contact_is_kept():
    remember(
        {"Email": "a@example.com", "MQL": "2024-01-05", "Stage": "won", "Closed": "2024-01-03"}
    )
    cycle = Cycle.objects.get()
    assert (cycle.opened_at, cycle.closed_at) == (at("2024-01-05"), at("2024-01-03"))
    assert_lawful()


def test_a_later_file_goes_on_with_the_same_pass():
    rep = RepFactory()
    open_row = {"Email": "a@example.com", "SQL": "2024-01-05", "Owner": rep.email, "ID": "006A"}
    remember(open_row)
    assert Opportunity.objects.get().status == "open"
    job = remember(open_row | {"Stage": "won", "Closed": "2024-03-01", "Amount": "10"})
    assert totals(job) == {"updated": 1}
    assert (Lead.objects.get().stage, Cycle.objects.get().outcome) == ("customer", "won")
    assert Opportunity.objects.get().status == "won"
    assert totals(remember(open_row)) == {"unchanged": 1}
    assert_lawful()


def test_passes_of_one_lead_follow_each_other_the_open_one_last():
    mail, rep = "a@example.com", RepFactory()
    remember(
        {"Email": mail, "ID": "3", "Stage": "sql", "MQL": "2024-07-01", "Owner": rep.email},
        {"Email": mail, "ID": "2", "Stage": "lost", "MQL": "2024-03-01", "Closed": "2024-04-01"},
        {"Email": mail, "ID": "1", "Stage": "won", "MQL": "2024-01-01", "Closed": "2024-02-01"},
    )
    found = Cycle.objects.order_by("number").values_list("outcome", flat=True)
    assert list(found) == ["won", "lost", "open"]
    assert Opportunity.objects.count() == 3
    assert [m[0] for m in moves()][0::2][:2] == ["qualify", "reengage"]
    assert_lawful()
    job = remember({"Email": mail, "ID": "4", "Stage": "sql", "Owner": rep.email})
    assert reasons(job) == {2: "3 is open already; a lead has one at a time."}


def test_an_ended_opportunity_is_not_rewritten():
    remember(WON)
    job = remember(WON | {"Amount": "9"})
    assert "says something else now" in reasons(job)[2]
    assert Opportunity.objects.get().amount == Decimal("1200.50")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"Email": "", "Stage": "won"}, "Neither an email address nor an external ID."),
        ({"Stage": "Prospecting"}, "“Prospecting” is no stage; say on the mapping"),
        ({"Stage": "mql", "Accepted": "2024-01-01"}, "It says “mql”, and when it was SAL."),
        ({"Closed": "2024-01-01"}, "nothing says how"),
        ({"Stage": "sql", "Owner": "who@example.com"}, "has the address who@example.com"),
        ({"Stage": "sql"}, "needs an owner"),
        ({"MQL": "2999-01-01"}, "MQL: “2999-01-01” has not come yet."),
        ({"MQL": "31.31.2024"}, "is not in the calendar"),
        ({"Stage": "won", "Amount": "-3"}, "is no amount"),
        ({"Stage": "won", "Currency": "€€€"}, "is no currency"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_and_leaves_nothing(row, words):
    job = remember(
        {"Email": "ann@example.com"} | row, {"Email": "bo@example.com", "MQL": "2024-01-01"}
    )
    assert words in reasons(job)[2]
    assert list(Lead.objects.values_list("email", flat=True)) == ["bo@example.com"]


def test_what_is_open_and_names_nobody_is_the_importing_persons():
    rep = RepFactory()
    remember({"Email": "ann@example.com", "Stage": "sql"}, by=rep)
    assert Lead.objects.get().owner == rep


def test_the_close_date_of_an_open_opportunity_is_when_it_should_close():
    rep = RepFactory()
    row = {"Email": "ann@example.com", "Stage": "sql", "Closed": "2024-03-01"}
    remember(row, by=rep)
    assert Opportunity.objects.get().expected_close_on.isoformat() == "2024-03-01"
    assert Cycle.objects.get().closed_at is None


def test_who_was_worked_on_here_is_refused():
    lead = story.an_mql(email="ann@example.com")
    job = remember(WON)
    assert "worked on here" in reasons(job)[2]
    assert Lead.objects.get(pk=lead.pk).stage == "mql"
    assert_lawful()


def test_whom_the_system_alone_put_into_review_steps_back_for_the_past():
    story.agreement_in_force()
    import_file("Email\nann@example.com\n")
    Lead.objects.update(grade="A1", fit=45, engagement=35, score=80)
    perform(Lead.objects.get(), "qualify", by=None)
    remember(WON)
    assert Lead.objects.get().stage == "customer"
    found = Cycle.objects.order_by("number").values_list("outcome", flat=True)
    assert list(found) == ["demoted", "won"]
    assert_lawful()


def test_an_imported_mql_waits_in_review_and_is_not_said_to_have_fallen():
    story.agreement_in_force()
    remember({"Email": "ann@example.com", "MQL": "2024-01-05"})
    assert ReviewEntry.objects.get().view in ("ready", "missing")
    assert Lead.objects.get().due_at > timezone.now() + timedelta(days=10)


def test_who_may_only_be_updated_is_not_created():
    LeadFactory(email="bo@example.com")
    job = remember(WON, {"Email": "bo@example.com", "MQL": "2024-01-05"}, update_only=True)
    assert totals(job) == {"updated": 1, "skipped": 1}
    assert reasons(job) == {2: UNKNOWN}
    assert Lead.objects.count() == 1


def test_a_marketer_is_no_owner():
    job = remember({"Email": "ann@example.com", "Stage": "sql"}, by=UserFactory())
    assert "needs an owner" in reasons(job)[2]


def test_what_another_system_did_is_not_replayed_and_no_news():
    remember({"Email": "ann@example.com", "Stage": "rejected", "Handed off": "2024-01-05"})
    assert replaying.moments() == []
    assert today.told(UserFactory()) == []
