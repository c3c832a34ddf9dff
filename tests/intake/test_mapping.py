"""Columns find their place, and a mapping that does not fit is refused in words."""

import pytest

from intake import guessing, mapping
from intake.refusals import Unfit
from leads.models import Attribute
from tests.factories import AttributeFactory
from tests.intake.conftest import import_file, upload

pytestmark = pytest.mark.django_db


def guessed(header, *rows):
    return upload("\n".join([header, *rows])).mapping["columns"]


def to(header, *rows):
    return {name: entry["to"] for name, entry in guessed(header, *rows).items()}


def test_the_usual_names_find_their_fields():
    assert to(
        "E-Mail,Record ID,FirstName,Surname,Mobile Phone,Title,Company / Account,Website,"
        "Annual Revenue",
        "a@example.com,1,A,B,1,C,D,d.example,5",
    ) == {
        "E-Mail": "lead.email",
        "Record ID": "lead.external_id",
        "FirstName": "lead.first_name",
        "Surname": "lead.last_name",
        "Mobile Phone": "lead.phone",
        "Title": "lead.job_title",
        "Company / Account": "company.name",
        "Website": "company.domain",
        "Annual Revenue": "company.revenue",
    }


def test_of_two_columns_for_one_field_the_usual_one_wins():
    assert to("Source,Lead Source,Email", "a,b,c@example.com") == {
        "Source": "attr.source",
        "Lead Source": "lead.source",
        "Email": "lead.email",
    }


def test_facts_of_no_company_become_attributes():
    assert to("Email,Employees", "a@example.com,5")["Employees"] == "attr.employees"


def test_other_columns_become_attributes_of_their_kind():
    found = guessed(
        "Email,TotalVisits,Signed up,Newsletter,Note,Won,Empty",
        "a@example.com,3,2026-01-31,Yes,hello,1,",
    )
    assert {name: entry.get("kind") for name, entry in found.items()} == {
        "Email": None,
        "TotalVisits": "number",
        "Signed up": "date",
        "Newsletter": "boolean",
        "Note": "text",
        "Won": "number",
        "Empty": None,
    }
    assert found["TotalVisits"]["to"] == "attr.total_visits"
    assert found["Won"]["known_since"] == "after_outcome"
    assert found["Note"]["known_since"] == "unknown"


def test_an_attribute_that_exists_is_found_again_with_its_kind():
    AttributeFactory(code="visits", label="Visits to the site", kind="text")
    found = guessed("Email,Visits to the site", "a@example.com,3")
    assert found["Visits to the site"]["to"] == "attr.visits"
    assert found["Visits to the site"]["kind"] == "text"


@pytest.mark.parametrize("header", ["Размер", "尺寸", "€", "2nd call", "a b" * 90, "x" * 5_000])
def test_every_header_gets_a_code_and_always_the_same(header):
    code = guessing.code_for(header)
    assert mapping._CODE.fullmatch(code)
    assert code == guessing.code_for(header)


def test_headers_with_one_code_are_told_apart():
    found = to("Email,Call me,Call-me,call_me", "a@example.com,1,2,3")
    assert len(set(found.values())) == 4


def check(columns, **settings):
    job = upload("Email,Name,Size\na@example.com,Ann,5\n")
    return mapping.check({"columns": columns, **settings}, job.columns)


def test_a_short_mapping_gets_its_defaults():
    assert check(
        {"Email": {"to": "lead.email"}, "Size": {"to": "attr.size"}, "Name": {"to": ""}}
    ) == {
        "columns": {
            "Email": {"to": "lead.email"},
            "Size": {"to": "attr.size", "label": "Size", "kind": "text", "known_since": "unknown"},
        },
        "empty_words": [],
        "decimal": ".",
        "dates": "ymd",
        "update_only": False,
    }


def test_rules_and_meanings_of_a_column_are_kept():
    size = {
        "to": "attr.size",
        "label": "Size",
        "kind": "number",
        "known_since": "unknown",
        "write": "fill",
        "values": {"many": "1,5", "none": ""},
    }
    email = {"to": "lead.email", "write": "overwrite", "values": {}}
    checked = check({"Email": email, "Size": size}, decimal=",", dates="mdy", update_only=True)
    assert checked["columns"] == {"Email": {"to": "lead.email"}, "Size": size}
    assert (checked["decimal"], checked["dates"], checked["update_only"]) == (",", "mdy", True)


def test_a_phone_number_is_enough_to_find_a_lead():
    assert check({"Name": {"to": "lead.phone"}})["columns"] == {"Name": {"to": "lead.phone"}}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"Mail": {"to": "lead.email"}}, "no such column"),
        ({"Email": {"to": "lead.stage"}}, "is no field"),
        ({"Email": {"to": "attr.Größe"}}, "is no field"),
        ({"Email": "lead.email"}, "Write"),
        ({"Email": {"to": 5}}, "Write"),
        ({"Email": {"to": "lead.email"}, "Name": {"to": "lead.email"}}, "goes there already"),
        ({"Name": {"to": "lead.name"}}, "Choose a column for Email"),
        ({"Email": {"to": "lead.email"}, "Size": {"to": "company.employees"}}, "name or domain"),
        (
            {"Email": {"to": "lead.email"}, "Size": {"to": "attr.a", "kind": "float"}},
            "kind is one of",
        ),
        (
            {"Email": {"to": "lead.email"}, "Size": {"to": "attr.taken", "kind": "number"}},
            "exists and is",
        ),
        ({"Email": {"to": "lead.email"}, "Size": {"to": "attr.old"}}, "is archived"),
        (
            {"Email": {"to": "lead.name"}, "Name": {"to": "lead.last_name"}},
            "full name or its parts",
        ),
        ({"Email": {"to": "lead.email", "write": "append"}}, "write is"),
        ({"Email": {"to": "lead.email", "values": ["x"]}}, "values is"),
        ({"Email": {"to": "lead.email", "values": {"x": 1}}}, "values is"),
        ({"Email": {"to": "lead.email", "values": {"x": "1", "X ": "2"}}}, "means two things"),
        (
            {"Email": {"to": "lead.email", "values": {str(n): "x" for n in range(501)}}},
            "can be mapped",
        ),
        (
            {
                "Email": {"to": "lead.email"},
                "Size": {"to": "attr.a", "kind": "number", "values": {"many": "lots"}},
            },
            "What “many” means: “lots” is no number",
        ),
        (
            {
                "Email": {"to": "lead.email"},
                "Size": {"to": "attr.a", "kind": "date", "values": {"soon": "3/4/2026"}},
            },
            "What “soon” means",
        ),
        ({"Email": {"to": "lead.email"}, "Size": {"to": "property.a"}}, "is no field"),
        ([], "A mapping is"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(columns, words):
    AttributeFactory(code="taken", kind="text")
    AttributeFactory(code="old", archived_at="2026-01-01T00:00Z")
    with pytest.raises(Unfit, match=words):
        check(columns)


@pytest.mark.parametrize(
    "wrong",
    [
        {"decimal": "x"},
        {"empty_words": "Select"},
        {"empty_words": [1]},
        {"dates": "dym"},
        {"update_only": "no"},
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong):
    with pytest.raises(Unfit):
        check({"Email": {"to": "lead.email"}}, **wrong)


def test_an_import_makes_the_attributes_it_needs():
    import_file("Email,Won deal\na@example.com,yes\n")
    made = Attribute.objects.get()
    assert (made.code, made.label, made.kind) == ("won_deal", "Won deal", "boolean")
    assert made.known_since == "after_outcome"
