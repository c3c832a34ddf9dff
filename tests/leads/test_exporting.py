"""Leads as CSV from the shell: any fact as a column, and no cell that a spreadsheet calculates."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leads.spreadsheets import safe
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory

pytestmark = pytest.mark.django_db


def export(columns):
    out = StringIO()
    call_command("export_leads", "--columns", columns, stdout=out)
    assert out.getvalue().startswith("\ufeff")
    return list(csv.reader(StringIO(out.getvalue().removeprefix("\ufeff"))))


def test_any_fact_is_a_column():
    AttributeFactory(code="seats", kind="number")
    AttributeFactory(code="won", kind="boolean", known_since="after_outcome")
    company = CompanyFactory(name="Halden", industry="Metal")
    LeadFactory(email="a@x.example", company=company, score=Decimal("-4.50"), values={"seats": 7})
    LeadFactory(email="b@x.example", grade="A1", values={"won": True})
    columns = "email, score,grade,company,company.industry,lead.source,attr.seats,attr.won,stage"
    assert export(columns) == [
        [name.strip() for name in columns.split(",")],
        ["a@x.example", "-4.50", "", "Halden", "Metal", "Organic search", "7", "", "unqualified"],
        ["b@x.example", "0.00", "A1", "", "", "Organic search", "", "True", "unqualified"],
    ]


def test_formulas_are_neutralised_and_numbers_are_none():
    LeadFactory(first_name="=1+1", last_name="@SUM(A1)", phone="+49 1", score=-3)
    assert export("first_name,last_name,phone,score")[1] == [
        "'=1+1",
        "'@SUM(A1)",
        "'+49 1",
        "-3.00",
    ]
    assert (safe(-3), safe(Decimal("-3.5")), safe("-3")) == ("-3", "-3.5", "'-3")


@pytest.mark.parametrize(
    "columns", ["email,nowhere", "attr.nowhere", "password", "lead.stage", "a\0", "bant.need"]
)
def test_a_column_that_is_none_is_told(columns):
    with pytest.raises(CommandError, match="is no column"):
        export(columns)


def test_the_rows_are_read_as_they_are_written(django_assert_num_queries):
    for _ in range(3):
        LeadFactory()
    with django_assert_num_queries(4):  # attributes, savepoint, leads, savepoint
        assert len(export("email")) == 4
