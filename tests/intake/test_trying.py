"""The dry run says what the import will do, and does nothing."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake import jobs
from intake.models import ImportChange
from leads.models import ExternalId
from tests.factories import LeadFactory
from tests.intake.conftest import run, totals, try_out, upload, world

pytestmark = pytest.mark.django_db
TEXT = (
    "Email,Name,City,Visits,Company\nnew@gmail.com,New Comer,Kiel,3,Firm\n"
    "old@gmail.com,Ann Lee,Bonn,4,Firm\nsame@gmail.com,,Ulm,,\nbad,,,,\n\n"
)


def a_world():
    LeadFactory(email="old@gmail.com", first_name="Ann", last_name="Lee", city="Ulm")
    LeadFactory(email="same@gmail.com", city="Ulm", first_name="", last_name="")


def test_it_tells_who_and_what_changes_and_leaves_no_trace(django_capture_on_commit_callbacks):
    a_world()
    before = world()
    job = upload(TEXT)
    with django_capture_on_commit_callbacks() as rung:
        trial = try_out(job)
    assert (world(), ImportChange.objects.count(), rung) == (before, 0, [])
    assert trial["counts"] == {
        "created": 1, "updated": 1, "unchanged": 1, "skipped": 1, "failed": 1, "read": 5,
    }  # fmt: skip
    samples = trial["samples"]
    (new,), (old,) = samples["created"], samples["updated"]
    assert (new["line"], new["who"]) == (2, "New Comer")
    assert new["what"] == [
        ["Email", "", "new@gmail.com"],
        ["First name", "", "New"],
        ["Last name", "", "Comer"],
        ["City", "", "Kiel"],
        ["Company name", "", "Firm"],
        ["Visits", "", "3"],
    ]
    assert (old["line"], old["who"]) == (3, "Ann Lee")
    assert sorted(old["what"]) == [
        ["City", "Ulm", "Bonn"],
        ["Company name", "", "Firm"],
        ["Visits", "", "4"],
    ]
    assert [one["who"] for one in samples["unchanged"]] == ["same@gmail.com"]
    assert samples["failed"] == [
        {"line": 5, "who": "bad", "what": "Email: " + samples["failed"][0]["what"][7:]}
    ]
    done = run(job)
    assert totals(done) == {n: c for n, c in trial["counts"].items() if n != "read"}


def test_a_dry_run_can_be_cancelled_and_its_import_started_after_all():
    job = upload(TEXT)
    jobs.start(job, job.mapping, ring_worker=False, trial=True)
    assert jobs.cancel(job, now=job.created_at)
    job.refresh_from_db()
    assert (job.state, job.trial) == ("uploaded", None)
    run(job)


def test_a_file_that_has_too_many_rows_is_told_at_the_mapping(monkeypatch):
    monkeypatch.setattr("intake.staging.ROWS", 0)
    from intake import importing

    job = upload("Email\na@gmail.com\n")
    jobs.start(job, job.mapping, ring_worker=False, trial=True)
    importing.run(job.pk, now=job.created_at)
    job.refresh_from_db()
    assert (job.state, job.error) == ("uploaded", "The file has 1 rows; 0 fit into one import.")


EMAILS = st.sampled_from(
    ["", "a@one.example", "A@one.example", "b@two.example", "c@gmail.com", "x"]
)
ROW = st.tuples(
    EMAILS, st.sampled_from(["", "1", "2"]), st.sampled_from(["", "Ulm", "Kiel"]),
    st.sampled_from(["", "Firm", "Other"]), st.sampled_from(["", "one.example", "two.example"]),
    st.sampled_from(["", "+4930555010", "+4930555011"]),
)  # fmt: skip


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(ROW, min_size=1, max_size=10),
    st.integers(1, 3),
    st.sampled_from(["", "crm"]),
    st.booleans(),
)
def test_it_counts_what_the_import_then_counts(monkeypatch, rows, piece, system, update_only):
    for module in ("staging", "merging"):
        monkeypatch.setattr(f"intake.{module}.CHUNK", piece)
    with transaction.atomic():
        LeadFactory(email="c@gmail.com", city="Ulm", phone="+49 30 555011", external_id="1")
        lead = LeadFactory(email="a@one.example", city="Ulm", phone="+49 30 555010")
        ExternalId.objects.create(lead=lead, system="crm", value="2")
        _compare(rows, system, update_only)
        transaction.set_rollback(True)


def _compare(rows, system, update_only):
    text = "\n".join(["Email,Lead ID,City,Company,Website,Phone", *(",".join(one) for one in rows)])
    job = upload(text)
    job.system = system
    job.save()
    columns = {
        "Email": {"to": "lead.email"},
        "Lead ID": {"to": "lead.external_id"},
        "City": {"to": "lead.city"},
        "Company": {"to": "company.name"},
        "Website": {"to": "company.domain"},
        "Phone": {"to": "lead.phone"},
    }
    before = world()
    counts = try_out(job, {"columns": columns}, update_only=update_only)["counts"]
    assert world() == before
    done = run(job, {"columns": columns}, update_only=update_only)
    assert {name: getattr(done, name) for name in counts} == counts
