"""Excel and OpenDocument: typed cells, sheets, and files that are made to do harm."""

import io
import subprocess
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from django.urls import reverse

from intake.refusals import Unreadable
from intake.surveying import survey
from leads.models import Lead
from tests.factories import UserFactory
from tests.intake.conftest import import_file, totals, upload
from tests.intake.test_pages import read_as

pytestmark = pytest.mark.django_db


def workbook(*sheets, at=1):
    """The bytes of an .xlsx: of each sheet (name, rows), which begin in this row."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for down, row in enumerate(rows):
            for right, cell in enumerate(row):
                sheet.cell(at + down, 1 + right, cell)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


PEOPLE = (
    "People",
    [
        ["Email", "Full name", "Visits", "Rate", "Since", "Seen", "At", "Paid", "Customer no"],
        ["a@example.com", "Ann", 1.0, 0.1, date(2026, 3, 31), datetime(2026, 3, 31, 14, 5, 9),
         time(9, 30), True, "00000000000000012345"],
        ["b@example.com", "Bo", -3, 1.125, date(1999, 1, 1), datetime(2026, 3, 31), None, False,
         "12345678901234567890"],
    ],
)  # fmt: skip


ODS_CELLS = [
    'office:value-type="string"><text:p>a@example.com</text:p>',
    'office:value-type="float" office:value="3"><text:p>3</text:p>',
    'office:value-type="date" office:date-value="2026-03-31"><text:p>31.03.26</text:p>',
]


def test_typed_cells_arrive_without_loss():
    job = import_file(workbook(("Notes", []), PEOPLE), name="people.xlsx")
    assert (job.sheet, job.sheets, job.encoding) == ("People", ["Notes", "People"], "")
    kinds = {name: entry.get("kind") for name, entry in job.mapping["columns"].items()}
    assert (kinds["Visits"], kinds["Rate"], kinds["Since"]) == ("number", "number", "date")
    assert (kinds["Paid"], kinds["Customer no"]) == ("boolean", "text")
    assert Lead.objects.get(email="a@example.com").attributes.values == {
        "visits": 1,
        "rate": 0.1,
        "since": "2026-03-31",
        "seen": "2026-03-31",
        "at": "09:30:00",
        "paid": True,
        "customer_no": "00000000000000012345",
    }
    lead = Lead.objects.get(email="b@example.com")
    assert lead.attributes.values["customer_no"] == "12345678901234567890"
    assert totals(import_file(workbook(PEOPLE))) == {"unchanged": 2}


def test_open_document_is_read_too():
    cells = "".join(f"<table:table-cell {cell}</table:table-cell>" for cell in ODS_CELLS)
    names = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        for name in ("Email", "Visits", "Since")
    )
    content = f"""<?xml version="1.0"?><office:document-content
        xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>
        <office:spreadsheet><table:table table:name="Fair">
        <table:table-row>{names}</table:table-row><table:table-row>{cells}</table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    job = import_file(saved.getvalue(), name="fair.ods")
    assert (job.sheet, job.created) == ("Fair", 1)
    assert Lead.objects.get().attributes.values == {"visits": 3, "since": "2026-03-31"}


def test_numbers_keep_their_value_with_a_comma_as_decimal_sign():
    job = upload(workbook(PEOPLE))
    import_file(workbook(PEOPLE), job.mapping | {"decimal": ","})
    assert Lead.objects.get(email="b@example.com").attributes.values["rate"] == 1.125


def test_rows_have_the_numbers_of_the_sheet_and_a_report_its_frame():
    title = [["All leads"], [], ["Email", "Name", "Size", "City"]]
    rows = [["a@example.com", "Ann", 3, "Ulm"], ["nobody", "B", 2, "Ulm"]]
    foot = [[], ["Grand Totals (2 records)", None, 5], ["Copyright (c) 2026"]]
    job = import_file(workbook(("Report", title + rows + foot), at=2))
    assert (job.header_line, job.footer_lines) == (4, 2)
    assert totals(job) == {"created": 1, "failed": 1, "skipped": 3}
    assert job.rejected.get().line == 6


def test_another_sheet_can_be_chosen(client):
    job = upload(workbook(("Old", [["Email"], ["a@example.com"]]), PEOPLE))
    assert job.sheet == "Old"
    client.force_login(UserFactory())
    url = reverse("intake:read_again", args=[job.pk])
    answer = client.post(url, read_as(job, sheet="People"))
    assert answer.status_code == 302
    job.refresh_from_db()
    assert (job.sheet, len(job.columns)) == ("People", 9)
    assert client.post(url, read_as(job, sheet="None")).status_code == 422
    page = client.get(reverse("intake:map", args=[job.pk])).content.decode()
    assert "sheet People" in page
    assert 'name="encoding"' not in page


def test_a_sheet_with_one_far_cell_is_refused_before_it_fills_the_memory():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Email", "x"
    saved = io.BytesIO()
    book.save(saved)
    with pytest.raises(Unreadable, match="too large"):
        survey(saved)


def test_a_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr("intake.workbook.WORKBOOK_MEMORY", 200 * 2**20)
    data = io.BytesIO(workbook(PEOPLE))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        strings = archive.open("xl/sharedStrings.xml", "w", force_zip64=True)
        with strings as part:
            part.write(b"<sst><si><t>")
            for _ in range(400):
                part.write(b"x" * 2**20)
            part.write(b"</t></si></sst>")
    assert len(data.getvalue()) < 2**20
    with pytest.raises(Unreadable):
        survey(data)


def test_a_row_of_which_every_cell_shares_one_long_text_is_refused(monkeypatch):
    monkeypatch.setattr("intake.workbook.LINE_CHARACTERS", 20_000)
    with pytest.raises(Unreadable, match="longer than 20,000"):
        survey(io.BytesIO(workbook(("Wide", [["Email"], ["x" * 1_000] * 30]))))


def test_a_reader_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("intake.workbook.WORKBOOK_SECONDS", 0)
    with pytest.raises(Unreadable, match="too large"):
        survey(io.BytesIO(workbook(("Long", [["Email", n] for n in range(20_000)]))))


def test_too_large_a_workbook_is_refused(monkeypatch):
    monkeypatch.setattr("intake.workbook.WORKBOOK_BYTES", 1_000)
    with pytest.raises(Unreadable, match="as CSV instead"):
        survey(io.BytesIO(workbook(PEOPLE)))


@pytest.mark.parametrize("sheets", [[("Empty", [])], [("Blank", [[None], [""]])]])
def test_a_workbook_with_nothing_in_it_is_refused(sheets):
    with pytest.raises(Unreadable, match="empty"):
        survey(io.BytesIO(workbook(*sheets)))


def test_no_reader_is_left_behind(monkeypatch):
    monkeypatch.setattr("intake.surveying.COLUMNS", 5)
    with pytest.raises(Unreadable, match="more than 5 columns"):
        survey(io.BytesIO(workbook(PEOPLE)))
    found = subprocess.run(["pgrep", "-f", "intake/worksheet.py"], capture_output=True, check=False)
    assert not found.stdout
