"""What stands above the row of names, and below the data."""

import pytest

from intake import framing
from intake.reading import Record
from intake.refusals import Unreadable
from tests.intake.conftest import import_file, totals, upload

pytestmark = pytest.mark.django_db


def rows(*lines):
    return [Record(number, line.split(",")) for number, line in enumerate(lines, 1)]


DATA = "1,Ann,Ulm,5"


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["Id,Name,City,Size", DATA, DATA], 1),
        (["", "Id,Name,City,Size", DATA], 2),
        (["All leads", "", "Id,Name,City,Size", DATA, DATA], 3),
        (["All leads", "As of 2026-03-10", "Filtered by,none", "Id,Name,City,Size", DATA], 4),
        (["All leads", DATA, DATA], 1),  # no row of names follows: it is said, not guessed away
        (["Id,,City,", DATA, DATA], 1),
        (["Email", "a@example.com"], 1),
        (["Email,Name", "a@example.com,Ann"], 1),
        ([], 0),
    ],
)
def test_the_row_of_names_is_found(lines, line):
    assert framing.header_line(rows(*lines)) == line


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([DATA, DATA], 0),
        ([DATA, "", ""], 0),
        ([DATA, "", "Leads by Source", "Copyright (c) 2026", ""], 3),
        ([DATA, "Grand Totals (2 records),,,9"], 1),
        ([DATA, "Total,,,9", "", "© Acme"], 3),
        ([DATA, "", "1,Bo,Ulm,3"], 0),
        ([DATA, "17,,,"], 0),  # one cell alone is a row, as long as no blank one stands above
        ([DATA, "", "a@example.com,,,"], 0),
        ([DATA, "Totalis AG,Bo,Ulm,3"], 0),
    ],
)
def test_a_footer_is_told_from_data(lines, count):
    assert framing.footer_lines(rows(*lines), width=4) == count


def test_a_report_with_title_and_totals_is_imported_without_them():
    job = import_file(
        "sep=;\nLeads by Source\nAs of 10.3.2026; 9:00\n\nEmail;First Name;Size;Since\n"
        "a@example.com;Ann;1,5;31.1.2026\nb@example.com;Bo;2,5;1.2.2026\n\n"
        "Grand Totals;;4;\n\nConfidential Information - Do Not Distribute\n"
    )
    assert (job.header_line, job.footer_lines, job.delimiter) == (5, 3, ";")
    assert job.mapping["columns"]["Size"]["kind"] == "number"
    assert totals(job) == {"created": 2, "skipped": 4}


def test_too_many_rows_are_refused_before_the_import(monkeypatch):
    monkeypatch.setattr("intake.surveying.ROWS", 3)
    upload("Email\n" + "a@example.com\n" * 3)
    with pytest.raises(Unreadable, match="more than 3 rows"):
        upload("Email\n" + "a@example.com\n" * 4)
