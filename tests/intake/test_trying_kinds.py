"""The dry run of other things than leads: batch by batch, and it counts as the import then does."""

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.models import Opportunity
from intake import jobs
from intake.models import ImportChange, StagedRow
from leads.models import Activity, Campaign, CampaignCost, Cycle
from tests.factories import CompanyFactory, LeadFactory, RepFactory, UserFactory
from tests.intake.conftest import try_out, upload, world
from tests.intake.history import import_kind

pytestmark = pytest.mark.django_db
HISTORY = {
    "Email": "lead.email",
    "Id": "lead.external_id",
    "City": "lead.city",
    "Stage": "history.stage",
    "Accepted": "history.accepted_at",
    "Deal": "history.opportunity",
    "Owner": "history.owner",
}
FIRMS = {
    "Name": "company.name",
    "Domain": "company.domain",
    "Industry": "company.industry",
    "Owner": "company.owner",
}
COSTS = {"Campaign": "cost.campaign", "Day": "cost.on", "Amount": "cost.amount"}
ACTS = {
    "Email": "lead.email",
    "Kind": "activity.kind",
    "When": "activity.happened_at",
    "ID": "activity.external_id",
}


def tried(kind, columns, *rows, **rules):
    """(what the dry run found of a file, its text, its mapping)"""
    text = "\n".join([",".join(columns), *rows])
    mapping = {"columns": {name: {"to": to} for name, to in columns.items()}, **rules}
    before = all_of_it()
    found = try_out(upload(text, kind=kind), mapping)
    assert (all_of_it(), StagedRow.objects.count(), ImportChange.objects.count()) == (before, 0, 0)
    return found, text


def all_of_it():
    more = (Activity, Campaign, CampaignCost, Cycle, Opportunity)
    return [*world(), *(list(model.objects.order_by("pk").values()) for model in more)]


def test_of_a_history_it_tells_who_moves_from_where_to_where():
    LeadFactory(email="ann@example.com", first_name="Ann", last_name="Lee", city="")
    found, _text = tried(
        "history",
        HISTORY,
        "ann@example.com,,Kiel,won,2024-01-05,1,",
        "bo@example.com,,,lost,,2,",
        "cy@example.com,,,dancing,,3,",
        "ann@example.com,,Kiel,won,2024-01-05,1,",
    )
    samples = found["samples"]
    (ann,), (bo,) = samples["updated"], samples["created"]
    assert (ann["line"], ann["who"]) == (2, "Ann Lee")
    assert ann["what"] == [["City", "", "Kiel"], ["Stage or outcome", "Unqualified", "Customer"]]
    assert bo["what"] == [
        ["Email", "", "bo@example.com"],
        ["Stage or outcome", "", "lost"],
        ["Opportunity ID", "", "2"],
    ]
    assert [one["line"] for one in samples["unchanged"]] == [5]
    assert "is no stage" in samples["failed"][0]["what"]


def test_of_companies_it_tells_what_becomes_of_which():
    old, new = UserFactory(), UserFactory()
    CompanyFactory(name="Halden", domain="halden.example", industry="Oil", owner=old)
    found, _text = tried(
        "companies",
        FIRMS,
        f"Halden,halden.example,Steel,{new.email}",
        "Aker,,Oil,",
        "Aker,,Oil,",
    )
    samples = found["samples"]
    assert [one["who"] for one in samples["updated"]] == ["Halden"]
    assert samples["updated"][0]["what"] == [
        ["Industry", "Oil", "Steel"],
        ["Account owner's email", str(old), str(new)],
    ]
    assert samples["created"][0]["what"] == [["Company name", "", "Aker"], ["Industry", "", "Oil"]]
    assert samples["unchanged"] == [{"line": 4, "who": "Aker", "what": []}]


def test_of_costs_and_activities_it_tells_them_too():
    fair = Campaign.objects.create(name="Fair")
    CampaignCost.objects.create(campaign=fair, on="2026-04-02", amount=1000)
    found, _text = tried("costs", COSTS, "fair,2026-04-02,900", "Spring,2026-04-02,5")
    assert found["samples"]["updated"] == [
        {"line": 2, "who": "Fair", "what": [["Amount in EUR", "1000.00", "900.00"]]}
    ]
    assert found["samples"]["created"][0]["who"] == "Spring"
    LeadFactory(email="ann@example.com", first_name="Ann", last_name="Lee")
    rows = ["ann@example.com,form,2024-05-31 14:30,A", "who@example.com,form,2024-05-31,B"]
    found, _text = tried("activities", ACTS, *rows)
    (made,), (unknown,) = found["samples"]["created"], found["samples"]["skipped"]
    assert made["who"] == "Ann Lee"
    assert ["When it happened", "", "2024-05-31 14:30"] in made["what"]
    assert "Nobody here" in unknown["what"]


def test_twenty_samples_are_enough(monkeypatch):
    monkeypatch.setattr("intake.held.rowwise.CHUNK", 15)
    found, _text = tried("companies", FIRMS, *(f"Firm {n},,," for n in range(40)))
    assert len(found["samples"]["created"]) == 20
    assert found["counts"]["created"] == 40


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_it_longer_than_for_one_batch(monkeypatch):
    monkeypatch.setattr("intake.held.rowwise.CHUNK", 1)
    for name in ("ann", "bo"):
        LeadFactory(email=f"{name}@example.com")
    free, hold = [], jobs.hold

    def looked(job):
        hold(job)
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM leads_lead FOR UPDATE SKIP LOCKED")
            free.append(len(cursor.fetchall()))
        other.close()

    monkeypatch.setattr("intake.jobs.hold", looked)
    text = "Email,Stage\nann@example.com,won\nbo@example.com,won\n"
    job = upload(text, kind="history")
    columns = {"Email": {"to": "lead.email"}, "Stage": {"to": "history.stage"}}
    found = try_out(job, {"columns": columns})
    assert found["counts"]["updated"] == 2
    assert len(free) > 2
    assert set(free) == {2}


NAMES = st.sampled_from(["", "Aker", "AKER", "Bo"])
DOMAINS = st.sampled_from(["", "a.example", "b.example"])
MAILS = st.sampled_from(["", "a@one.example", "A@one.example", "b@two.example", "c@gmail.com"])
ROWS = {
    "companies": (
        FIRMS,
        st.tuples(NAMES, DOMAINS, st.sampled_from(["", "Oil", "Iron"]), st.just("")),
    ),
    "costs": (COSTS, st.tuples(NAMES, st.just("2026-04-02"), st.sampled_from(["1", "2"]))),
    "activities": (
        ACTS,
        st.tuples(MAILS, st.just("form"), st.just("2024-01-01"), st.sampled_from(["", "1", "2"])),
    ),
    "history": (
        HISTORY,
        st.tuples(
            MAILS, st.sampled_from(["", "1", "2"]), st.sampled_from(["", "Ulm"]),
            st.sampled_from(["won", "sql", "mql", "dancing"]), st.sampled_from(["", "2024-01-01"]),
            st.sampled_from(["", "D1", "D2"]), st.just("rep@example.com"),
        ),
    ),
}  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), st.sampled_from(sorted(ROWS)), st.integers(1, 4), st.booleans())
def test_it_counts_what_the_import_then_counts(monkeypatch, data, kind, piece, update_only):
    monkeypatch.setattr("intake.held.rowwise.CHUNK", piece)
    columns, row = ROWS[kind]
    rows = [",".join(one) for one in data.draw(st.lists(row, min_size=1, max_size=8))]
    with transaction.atomic():
        RepFactory(email="rep@example.com")
        LeadFactory(email="c@gmail.com", external_id="1")
        CompanyFactory(name="Bo", domain="b.example", industry="Oil")
        Campaign.objects.create(name="Bo")
        found, text = tried(kind, columns, *rows, update_only=update_only)
        done = import_kind(kind, text, columns, update_only=update_only)
        assert {name: getattr(done, name) for name in found["counts"]} == found["counts"]
        transaction.set_rollback(True)
