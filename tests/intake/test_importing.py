"""What an import does to leads: who is who, what is kept, what is counted."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake import importing, jobs
from intake.models import ImportJob
from leads.models import Company, FieldChange, Lead, LeadEvent
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory, UserFactory
from tests.intake.conftest import import_file, reasons, run, totals, upload, world

pytestmark = pytest.mark.django_db


def test_a_new_lead_is_born_with_its_event_and_attributes():
    user = UserFactory()
    job = import_file("Email,Name,City,Visits\nANN@Example.COM,Ann Lee,Kassel,3\n", by=user)
    lead = Lead.objects.get()
    assert (lead.email, lead.first_name, lead.last_name) == ("ANN@example.com", "Ann", "Lee")
    assert (lead.stage, lead.city) == ("unqualified", "Kassel")
    assert lead.attributes.values == {"visits": 3}
    event = LeadEvent.objects.get()
    assert (event.name, event.actor, event.details) == ("captured", user, {"import": job.pk})
    assert totals(job) == {"created": 1}


def test_an_import_fills_and_overwrites_but_never_empties():
    AttributeFactory(code="visits", kind="number"), AttributeFactory(code="tag")
    lead = LeadFactory(
        email="Ann@example.com", phone="1", city="", values={"visits": 1, "tag": "x"}
    )
    job = import_file("Email,Phone,City,Visits,Tag\nann@EXAMPLE.com,,Kassel,2,\n")
    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.city) == ("Ann@example.com", "1", "Kassel")
    assert lead.attributes.values == {"visits": 2, "tag": "x"}
    assert totals(job) == {"updated": 1}
    changes = FieldChange.objects.order_by("field").values_list("field", "old", "new", "source")
    source = f"import {job.pk}"
    assert list(changes) == [("city", "", "Kassel", source), ("visits", 1, 2, source)]


def test_the_same_file_twice_changes_nothing():
    text = (
        "Email,Lead ID,Name,Company,Website,Industry,Visits\n"
        "a@example.com,1,Ann,Halden,,Steel,1\nA@EXAMPLE.com,2,Anna,Halden,halden.example,Wood,2\n"
        "b@example.com,3,Bo,,halden.example,,3\n,3,Bob,Other,,,4\nc@example.com,,Cy,halden,,,5\n"
        "c2@example.com,1,Cy,,,,6\nbad,9,x,,,,\n\n"
    )
    first = import_file(text)
    before = world()
    second = import_file(text)
    assert world() == before
    assert totals(second) == {"unchanged": first.merged, "skipped": 1, "failed": 1}


def test_two_rows_of_one_person_are_one_lead_and_the_last_word_counts():
    job = import_file(
        "Email,First name,City\n"
        "a@example.com,Ann,\nA@example.com,Anna,Ulm\na@example.com,Anna,Ulm\n"
    )
    lead = Lead.objects.get()
    assert (lead.first_name, lead.city) == ("Anna", "Ulm")
    assert totals(job) == {"created": 1, "updated": 1, "unchanged": 1}
    assert not FieldChange.objects.exists()


def test_rows_of_one_person_may_stand_in_different_pieces(monkeypatch):
    for module in ("staging", "merging"):
        monkeypatch.setattr(f"intake.{module}.CHUNK", 2)
    text = "Email,Lead ID,City\n" + "".join(
        f"p{n % 3}@example.com,{n % 3},City {n}\n" for n in range(11)
    )
    job = import_file(text)
    assert totals(job) == {"created": 3, "updated": 8}
    assert sorted(Lead.objects.values_list("city", flat=True)) == ["City 10", "City 8", "City 9"]
    before = world()
    assert totals(import_file(text)) == {"unchanged": 11}
    assert world() == before


def test_a_row_that_names_two_people_is_refused():
    ann = LeadFactory(email="ann@example.com", external_id="1")
    bob = LeadFactory(email="bob@example.com", external_id="2")
    job = import_file("Email,Lead ID\nann@example.com,2\nnew@example.com,2\nnew@example.com,1\n")
    assert totals(job) == {"updated": 1, "failed": 2}
    told = reasons(job)
    assert f"belongs to lead {ann.pk}, the external ID to lead {bob.pk}" in told[2]
    assert "two different people" in told[4]
    bob.refresh_from_db()


def test_a_known_person_may_get_a_new_address():
    LeadFactory(email="old@example.com", external_id="7")
    assert totals(import_file("Email,Lead ID\nnew@example.com,7\n")) == {"updated": 1}
    assert Lead.objects.get().email == "new@example.com"


def test_nobody_is_made_contactable_by_a_file():
    LeadFactory(email="a@example.com", do_not_contact=True)
    import_file("Email,Do not contact\na@example.com,no\nb@example.com,yes\n")
    assert list(Lead.objects.values_list("do_not_contact", flat=True)) == [True, True]


def test_companies_are_found_by_domain_then_by_name_else_made():
    by_domain = CompanyFactory(name="Halden GmbH", domain="halden.example", industry="")
    by_name = CompanyFactory(name="Öberg AB", domain="", industry="Wood", employees=None)
    import_file(
        "Email,Company,Website,Industry,Employees\n"
        "a@example.com,Other name,https://www.Halden.example/x,Steel,\n"
        "b@example.com,öberg ab,,Paper,50\n"
        "c@example.com,New,new.example,,\n"
        "d@gmail.com,New,,,\n"
        "e@gmail.com,NEW,,,\n"
    )
    company = dict(Lead.objects.values_list("email", "company__name"))
    assert company == {
        "a@example.com": "Halden GmbH",
        "b@example.com": "Öberg AB",
        "c@example.com": "New",
        "d@gmail.com": "New",
        "e@gmail.com": "New",
    }
    assert Company.objects.count() == 3
    by_domain.refresh_from_db()
    by_name.refresh_from_db()
    assert (by_domain.industry, by_name.industry, by_name.employees) == ("Steel", "Wood", 50)


def test_a_fact_without_its_company_is_told():
    job = import_file("Email,Company,Industry\na@example.com,,Steel\n")
    assert "the company has no name or domain" in reasons(job)[2]


def test_every_refused_row_says_line_and_reason():
    job = import_file(
        "Email,First name,Visits\n"
        "a@example.com,Ann,1\n"
        "\n"
        "b@example,Bo,1\n"
        f"c@example.com,{'x' * 101},1\n"
        "d@example.com,Dee,1,shifted\n"
        "e@example.com\n"
        "f@example.com,F,many\n",
        {
            "columns": {
                "Email": {"to": "lead.email"},
                "First name": {"to": "lead.first_name"},
                "Visits": {"to": "attr.visits", "kind": "number"},
            }
        },
    )
    told = reasons(job)
    assert list(told) == [4, 5, 6, 8]
    assert "“b@example” is no email address" in told[4]
    assert told[5] == "First name: 101 characters, 100 fit."
    assert told[6] == "4 cells, but the file has 3 columns."
    assert told[8] == "Visits: “many” is no number with “.” as decimal sign."
    assert totals(job) == {"created": 2, "skipped": 1, "failed": 4}


def test_a_cancelled_import_stops_and_keeps_what_it_has(monkeypatch):
    monkeypatch.setattr("intake.merging.CHUNK", 2)
    job = upload("Email\n" + "".join(f"p{n}@example.com\n" for n in range(9)))
    jobs.start(job, job.mapping)
    advance = jobs.advance

    def cancelled_meanwhile(one, **counts):
        advance(one, **counts)
        if "merged_to" in counts:
            jobs.cancel(one, now=one.created_at)

    monkeypatch.setattr("intake.jobs.advance", cancelled_meanwhile)
    importing.run(job.pk, now=job.created_at)
    job.refresh_from_db()
    assert (job.state, job.created, Lead.objects.count()) == ("cancelled", 2, 2)


def test_a_file_that_is_gone_fails_in_words(monkeypatch):
    job = upload("Email\na@example.com\n")
    monkeypatch.setattr("intake.staging.ROWS", 0)
    jobs.start(job, job.mapping)
    importing.run(job.pk, now=job.created_at)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The file has 1 rows; 0 fit into one import.")


def test_a_program_error_fails_the_job_and_is_raised(monkeypatch):
    job = upload("Email\na@example.com\n")
    jobs.start(job, job.mapping)
    monkeypatch.setattr("intake.merging.announce_births", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        importing.run(job.pk, now=job.created_at)
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Lead.objects.exists()


def test_only_one_worker_runs_a_job_and_the_sweep_wakes_a_dead_one(
    django_capture_on_commit_callbacks,
):
    job = upload("Email\na@example.com\n")
    jobs.start(job, job.mapping)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [jobs.LOCK, job.pk])
        importing.run(job.pk, now=job.created_at)
        assert not Lead.objects.exists()
    finally:
        other.close()
    jobs.sweep(job.created_at)
    assert not Lead.objects.exists(), "it is not stale yet"
    jobs.sweep(job.created_at + 2 * jobs.STALE)
    job.refresh_from_db()
    assert job.state == ImportJob.State.DONE
    assert Lead.objects.count() == 1


def test_no_lead_gives_up_a_key_that_a_rejected_row_names():
    """Else the row would find one person instead of two when the file comes again."""
    run(upload("Email,Lead ID\nb@example.com,2\na@example.com,1\n"), KEYS)
    file = "Email,Lead ID\nc@example.com,2\nb@example.com,1\na@example.com,1\n"
    for _ in range(2):
        job = run(upload(file), KEYS)
        assert (job.created, job.updated, job.failed) == (0, 0, 1)
        known = set(Lead.objects.values_list("email", "external_id"))
        assert known == {("b@example.com", "2"), ("a@example.com", "1")}


KEYS = {"columns": {"Email": {"to": "lead.email"}, "Lead ID": {"to": "lead.external_id"}}}
CELL = st.text(alphabet="ab@.,;\"'\n\x00é1 =", max_size=8)
EMAIL = st.sampled_from(
    ["", "a@example.com", "A@example.com", "b@example.com", "c@example.com", "x@"]
)
KEY = st.sampled_from(["", "1", "2", "3"])


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(EMAIL, KEY, CELL, CELL), min_size=1, max_size=12), st.integers(1, 4))
def test_totals_reconcile_and_a_second_time_changes_nothing(monkeypatch, rows, piece):
    for module in ("staging", "merging"):
        monkeypatch.setattr(f"intake.{module}.CHUNK", piece)
    quoted = ['"' + '","'.join(cell.replace('"', '""') for cell in row) + '"' for row in rows]
    text = "\n".join(["Email,Lead ID,City,Note", *quoted])
    columns = {
        "Email": {"to": "lead.email"},
        "Lead ID": {"to": "lead.external_id"},
        "City": {"to": "lead.city"},
        "Note": {"to": "attr.note"},
    }
    first = run(upload(text, delimiter=","), {"columns": columns})  # not a test of guesses
    before = world()
    second = run(upload(text, delimiter=","), {"columns": columns})
    assert world() == before
    assert (second.created, second.updated) == (0, 0)
    assert (second.failed, second.skipped) == (first.failed, first.skipped)
