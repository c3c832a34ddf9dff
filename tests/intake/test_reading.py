"""Files as they come: encodings, delimiters, line ends, quotes."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.encoding import detect
from intake.reading import delimiter_of, records
from intake.refusals import Unreadable
from intake.surveying import survey
from tests.intake.conftest import SHARED

SPECTRUM = sorted((SHARED / "hostile/csv-spectrum/csvs").glob("*.csv"))


def read(data, encoding="utf-8", delimiter=","):
    return list(records(io.BytesIO(data), encoding, delimiter))


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_the_csv_spectrum_is_read_as_it_should(path):
    data = path.read_bytes()
    header, *rows = [record.cells for record in read(data, detect(io.BytesIO(data)))]
    answer = json.loads((path.parent.parent / f"json/{path.stem}.json").read_text())
    found = [dict(zip(header, row, strict=True)) for row in rows]
    if path.stem == "location_coordinates":  # its answer has another telephone number
        assert found[0]["Location Coordinates"] == answer["Location Coordinates"]
    else:
        assert found == answer


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Email;Имя;Фамилия\na@b.com;Иван;Петров\n", "cp1251"),
        ("Email,Имя\nq@w.com,Ян\n", "cp1251"),
        ("Email;Име;Фирма\na@b.bg;Георги;ТехноЛукс ЕООД\n", "cp1251"),
        ("Email;Jméno;Příjmení\na@b.cz;Jiří;Šťastný Novák\n", "cp1250"),
        ("Email;Imię\na@b.pl;Małgorzata Wiśniewska, Łódź\n", "cp1250"),
        ("Email;Name;Ort\na@b.de;Jörg Müller;Köln Straße\n", "cp1252"),
        ("Email;Namn\na@b.se;Åsa Öberg, Växjö\n", "cp1252"),
        ("Email;Price\na@b.fr;£100 – “€5”\n", "cp1252"),
        ("Email;Имя\na@b.com;Иван\n", "utf-8"),
        ("Email;Имя\na@b.com;Иван\n", "utf-16-le"),
        ("Email;Name\na@b.com;Ann\n", "utf-16-be"),
        ("Email;Имя\na@b.com;Иван\n", "utf-16"),
        ("Email;Имя\na@b.com;Иван\n", "utf-32"),
    ],
)
def test_the_encoding_is_found_from_the_bytes(text, encoding):
    if encoding == "utf-16-le":
        text = text.replace("Имя", "Name").replace("Иван", "Ann")
    assert detect(io.BytesIO(text.encode(encoding))) == encoding


def test_an_encoding_beyond_the_sample_is_found_too():
    data = (
        b"Email,Name\n" + b"a@example.com,Ann\n" * 30_000 + "b@example.com,Jörg\n".encode("cp1252")
    )
    assert detect(io.BytesIO(data)) == "cp1252"


def test_a_few_broken_bytes_do_not_make_another_encoding():
    text = "Email,Name\n" + "a@example.com,Jörg Öberg Ångström\n" * 50
    data = text.encode() + b"c@example.com,J\xf6rg\n"
    assert detect(io.BytesIO(data)) == "utf-8"
    assert "\udcf6" in read(data)[-1].cells[1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_what_makes_even_columns(delimiter):
    rows = [
        ["Email", "First name", "Note"],
        ["a@example.com", "Ann", '"a, b; c | d"'],
        ["b", "", ""],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert delimiter_of(text) == (delimiter, 3)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end):
    data = end.join(["Email,Name", "a@example.com,Ann", "", "b@example.com,Bo"]).encode()
    found = read(data)
    assert [record.cells[:1] for record in found] == [
        ["Email"],
        ["a@example.com"],
        [],
        ["b@example.com"],
    ]
    assert [record.line for record in found] == [1, 2, 3, 4]


def test_faulty_quotes_are_told_with_their_line_and_cost_one_row():
    found = read(b'Email,Name\n"a"b,x\nok@example.com,Ok\n"open,\nlost@example.com,L\n')
    assert [record.line for record in found if record.fault] == [2, 4]
    assert found[2].cells == ["ok@example.com", "Ok"]
    assert "never closed: lines 4 to 5" in found[3].fault


def test_a_line_without_end_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("intake.reading.LINE_CHARACTERS", 100)
    with pytest.raises(Unreadable, match="longer than 100"):
        read(b"Email," + b"x" * 1_000)


def test_a_row_stretched_over_many_lines_does_not_either(monkeypatch):
    monkeypatch.setattr("intake.reading.LINE_CHARACTERS", 100)
    assert len(read(b"Email,Name\n" * 50)) == 50
    assert len(read(b'"a\nb",c\n' * 50)) == 50
    with pytest.raises(Unreadable, match="longer than 100"):
        read(b'"' + b'\n","' * 1_000)


def test_a_small_gz_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("intake.encoding.TEXT_BYTES", 300_000)
    with pytest.raises(Unreadable, match="MB of text"):
        detect(io.BytesIO(b"a" * 500_000))


@given(st.binary(max_size=300), st.sampled_from([b"", b"Email;Name\n", b"sep=", b"\xff\xfe"]))
def test_whatever_is_uploaded_is_read_or_refused_in_words(data, before):
    with contextlib.suppress(Unreadable):
        found = survey(io.BytesIO(before + data))
        kept = json.dumps(found.as_fields(), ensure_ascii=False)
        assert kept.encode()  # no half character
        assert "\\u0000" not in kept.replace("\\\\", "")  # no database takes it


def test_a_line_may_name_the_delimiter_but_not_everything_is_one():
    assert delimiter_of("sep=^\nEmail^Name\n") == ("^", 2)
    for sign in '"', "\0", "x":
        assert delimiter_of(f"sep={sign}\nEmail,Name\na,b\n")[0] == ","


def test_the_survey_says_what_columns_seem_to_hold():
    found = survey(
        io.BytesIO(
            b"Email;;Visits;Since;Zip;Paid;Price;Email\n"
            b"a@example.com;x;3;2026-01-31;01234;yes;1,5;\n"
            b"b@example.com;;4;31.1.2026;10115;no;1.200,25;Select\n"
        )
    )
    kinds = {column.name: column.kinds for column in found.columns}
    assert list(kinds) == [
        "Email",
        "Column 2",
        "Visits",
        "Since",
        "Zip",
        "Paid",
        "Price",
        "Email (2)",
    ]
    assert kinds["Since"] == ["dmy", "mdy", "ymd"]
    assert kinds["Zip"] == []
    assert kinds["Paid"] == ["boolean"]
    assert kinds["Price"] == ["number,"]
    assert (found.decimal, found.empty_words) == (",", ["Select"])
