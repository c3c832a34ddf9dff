"""Real exports and hostile files come out as their expected.json says."""

import csv
import gzip
import io
import json
from collections import Counter

import pytest

from intake.models import ImportJob
from intake.refusals import Unreadable
from intake.surveying import survey
from leads.models import Company, Lead
from leads.spreadsheets import safe
from tests.intake.conftest import SHARED, import_file, reasons, totals, world

pytestmark = pytest.mark.django_db
# The expectation allows either; we read it right.
READ_RIGHT = {"03_utf16be_nobom.csv": 3}


def answers(folder):
    """[(name, what is expected)] of every entry; skipped by pytest where there are none."""
    file = SHARED / folder / "expected.json"
    return sorted(json.loads(file.read_text()).items()) if file.exists() else []


def test_every_file_has_an_expectation_and_the_other_way_round(shared):
    for folder, pattern in (("exports", "*.csv"), ("hostile", "*.csv.gz")):
        files = {path.name.removesuffix(".gz") for path in (shared / folder).glob(pattern)}
        assert files == dict(answers(folder)).keys()
    spectrum = shared / "hostile/csv-spectrum"
    names = [{path.stem for path in (spectrum / kind).iterdir()} for kind in ("csvs", "json")]
    assert names[0] == names[1]


def test_every_column_of_the_online_school_arrives(shared, expected):
    answer = expected("x-education")
    data = (shared / "x-education/train.csv.gz").read_bytes()
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(data).decode())))
    # The expectation counts the cells with nothing in them; those not chosen come on top.
    select = {name: sum(row[name] == "Select" for row in rows) for name in rows[0]}
    job = import_file(data, name="train.csv.gz")
    assert totals(job) == {"created": answer["rows"]}
    assert [column["name"] for column in job.columns] == answer["columns"]
    leads = list(Lead.objects.select_related("attributes"))
    assert job.mapping["empty_words"] == ["Select"]
    assert _empty_cells(job, leads) == {
        name: empty + select[name] for name, empty in answer["empty_cells"].items()
    }
    assert Counter(lead.source for lead in leads) == answer["by_lead_source"]
    values = [(lead.source, lead.attributes.values) for lead in leads]
    assert Counter(one["lead_origin"] for _, one in values) == answer["by_lead_origin"]
    won = Counter(source for source, one in values if one["converted"])
    assert (won, won.total()) == (answer["converted_by_lead_source"], answer["converted"])
    assert sum(one.get("total_visits", 0) for _, one in values) == answer["sum_total_visits"]
    seconds = sum(one["total_time_spent_on_website"] for _, one in values)
    assert seconds == answer["sum_time_on_website_seconds"]
    before = world()
    assert totals(import_file(data)) == {"unchanged": answer["rows"]}
    assert world() == before


def _empty_cells(job, leads):
    empty = {}
    for name, entry in job.mapping["columns"].items():
        owner, code = entry["to"].split(".", 1)
        if owner == "attr":
            empty[name] = sum(code not in lead.attributes.values for lead in leads)
        else:
            empty[name] = sum(not getattr(lead, code) for lead in leads)
    return empty


@pytest.mark.parametrize(("name", "answer"), answers("exports"))
def test_exports_of_other_systems_are_two_people(name, answer):
    data = (SHARED / "exports" / name).read_bytes()
    job = import_file(data, name=name)
    # Windows-1252 is ISO 8859-1 with letters where that has control characters.
    assert job.encoding == {"iso-8859-1": "cp1252"}.get(answer["encoding"], answer["encoding"])
    assert (job.delimiter, len(job.columns)) == (answer["delimiter"], answer["columns"])
    assert (job.merged, job.failed) == (answer["data_rows"], 0)
    assert job.created == Lead.objects.count() == answer["distinct_leads_by_email"]
    emails = {lead.email.lower() for lead in Lead.objects.all()}
    assert emails == {email.lower() for email in answer["emails"]}
    assert "Müller & Söhne GmbH" in Company.objects.values_list("name", flat=True)
    before = world()
    assert totals(import_file(data)).keys() <= {"unchanged", "skipped"}
    assert world() == before


def test_the_foot_of_a_report_is_left_out(shared):
    job = import_file((shared / "exports/salesforce_leads_report.csv").read_bytes())
    assert (job.header_line, job.footer_lines, job.failed, job.skipped) == (1, 5, 0, 7)


@pytest.mark.parametrize(("name", "answer"), answers("hostile"))
def test_hostile_files_come_out_as_expected(name, answer):
    data = (SHARED / "hostile" / f"{name}.gz").read_bytes()
    assert len(gzip.decompress(data)) == answer["bytes"]
    right = READ_RIGHT.get(name)
    if answer["expect"] == "reject" and not right:
        with pytest.raises(Unreadable):
            import_file(data)
        assert not ImportJob.objects.exists()
        return
    job = import_file(data)
    assert (job.encoding, job.delimiter) == (answer["encoding"], answer["delimiter"])
    if answer["good_rows"] is not None:
        assert job.created == Lead.objects.count() == (right or answer["good_rows"])
    assert bool(job.failed) == (answer["expect"] == "partial")
    before = world()
    assert not import_file(data).created
    assert world() == before


def hostile(name):
    return import_file((SHARED / "hostile" / f"{name}.csv.gz").read_bytes())


def test_a_zero_byte_and_an_open_quote_cost_their_own_row(shared):
    assert reasons(hostile("11_nul_bytes")) == {
        3: "First Name: contains a NUL character (a zero byte)."
    }
    assert "opened on line 3 is never closed" in reasons(hostile("21_unclosed_quote"))[3]


def test_variants_of_one_address_are_one_person(shared):
    job = hostile("27_email_variants")
    people = {lead.email.lower(): lead.first_name for lead in Lead.objects.all()}
    assert people == {"case@example.com": "G", "case+tag@example.com": "D", "üser@exämple.com": "J"}
    assert list(reasons(job)) == [9, 10, 12, 13, 14]


def test_a_number_column_takes_numbers_only(shared):
    data = (shared / "hostile/29_numbers.csv.gz").read_bytes()
    job = import_file(data)
    assert {job.mapping["columns"][name]["kind"] for name in ("Employees", "Revenue")} == {"number"}
    assert _attributes() == {
        "n0@example.com": {"employees": 120, "revenue": 1250000},
        "n3@example.com": {"employees": 1200, "revenue": 1250000},
        "n9@example.com": {},
    }
    assert job.failed == 7
    import_file(data, job.mapping | {"decimal": ","})
    assert _attributes()["n2@example.com"] == {"employees": 1200, "revenue": 1250000.5}


def _attributes():
    return dict(Lead.objects.values_list("email", "attributes__values"))


def test_formulas_are_kept_as_written_and_phones_survive_an_export(shared):
    hostile("23_formula_injection")
    lead = Lead.objects.get(email="f1@example.com")
    assert (lead.first_name, lead.last_name, lead.phone) == ("=1+1", "@SUM(A1)", "+15550101")
    assert safe(lead.phone) == "'+15550101"
    import_file(f"Email,Phone\nf1@example.com,{safe(lead.phone)}\n")
    assert Lead.objects.get(email="f1@example.com").phone == "+15550101"


def test_ten_thousand_rows_of_a_hundred_people(shared):
    assert totals(hostile("35_10k_dups")) == {"created": 100, "unchanged": 9_900}
    assert totals(hostile("35_10k_dups")) == {"unchanged": 10_000}


def test_olist_leads_are_found_by_their_ids(shared):
    with gzip.open(shared / "olist/mqls.csv.gz") as file:
        found = survey(file)
    assert found.columns[0].name == "mql_id"
