"""What a cell means, and what it does not."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import values
from leads.spreadsheets import safe


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("120", ".", 120),
        ("-3", ".", -3),
        ("1,200", ".", 1200),
        ("1,250,000.50", ".", 1250000.5),
        ("1 250 000", ".", 1250000),
        ("1.200", ".", 1.2),
        ("1.200", ",", 1200),
        ("1.250.000,50", ",", 1250000.5),
        ("2,50", ",", 2.5),
        ("7.0", ".", 7),
        ("12 €", ".", 12),
        ("0" * 5_000 + "7", ".", 7),  # more digits than int() reads
        ("0" * 5_000 + ".0", ".", 0),
    ],
)
def test_numbers_are_read_with_the_chosen_sign(text, decimal, number):
    assert values.number(text, decimal) == number
    assert type(values.number(text, decimal)) is type(number)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-inf", "1e400", "1e5", "١٢٣", "½", "~5M", "120+", "100 - 249", "1,20",
     "0x1f", "$342.09K", "1_000", "", "12345678901234567", ".5", "5."],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_none(text):
    with pytest.raises(values.Wrong):
        values.number(text)


@given(st.text(max_size=30), st.sampled_from(".,"))
def test_whatever_becomes_a_number_can_be_stored(text, decimal):
    with contextlib.suppress(values.Wrong):
        json.dumps(values.number(text, decimal), allow_nan=False)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Case@Example.COM", "Case@example.com"),
        ("\u200bcase@example.com", "case@example.com"),
        ("mailto:case@example.com", "case@example.com"),
        ("Case <case@example.com>", "case@example.com"),
        ("üser@exämple.com", "üser@exämple.com"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("a@halden.example", "a@halden.example"),
    ],
)
def test_email_addresses_are_understood(text, address):
    assert values.email(text) == address


@pytest.mark.parametrize(
    "text",
    ["not-an-email", "a@b", "x@example.com;y@example.com", ".dot.@example.com",
     "a@" + "x" * 64 + ".com", "a b@example.com", "@example.com", "a@example..com",
     "a@-example.com", "(" * 20_000 + "a@example.com>"],
)  # fmt: skip
def test_what_is_no_email_address_is_told(text):
    with pytest.raises(values.Wrong, match="is no email address"):
        values.email(text)


@given(st.from_regex(r"[a-z.+-]{1,70}@[a-z0-9.-]{1,70}\.(com|de|info)", fullmatch=True))
def test_the_fast_way_knows_only_what_the_grammar_knows(text):
    ordinary = values._ORDINARY_EMAIL.fullmatch(text)
    if ordinary and len(ordinary[1]) <= 64:
        assert values.validate_email(text, check_deliverability=False).normalized == values.email(
            text
        )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-31", "2026-05-31"),
        ("31.5.2026", "2026-05-31"),
        ("2026-03-02 09:15:00", "2026-03-02"),
        ("2026-03-02T09:15:00.000+0000", "2026-03-02"),
        ("2026/3/2", "2026-03-02"),
        ("31.12.69", "2069-12-31"),
        ("31.12.70", "1970-12-31"),
        ("31-Mar-2026", "2026-03-31"),
        ("02 Mar, 2026 09:15:00", "2026-03-02"),
        ("March 31, 2026", "2026-03-31"),
        ("Sept 1, 2026", "2026-09-01"),
    ],
)
def test_dates_that_mean_one_day_are_understood_in_any_order(text, day):
    assert {values.day(text, order) for order in ("ymd", "dmy", "mdy")} == {day}


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "3/10/2026", "0000-01-01", "0999-01-01", "soon", "2026-13-01", "31-Foo-2026",
     "1-2/2026", "20260101", "45000", "2026-01-01 later"],
)  # fmt: skip
def test_other_dates_are_told(text):
    with pytest.raises(values.Wrong):
        values.day(text)


def test_the_order_decides_what_slashes_mean():
    assert values.day("3/4/2026", "dmy") == values.day("4-3-26", "mdy") == "2026-04-03"
    assert values.day("3/31/2026 9:00 AM", "mdy") == "2026-03-31"
    with pytest.raises(values.Wrong, match="not in the calendar"):
        values.day("3/31/2026", "dmy")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31T14:05:09Z", "2026-03-31T14:05:09+00:00"),
        ("2026-03-31 14:05 -05:30", "2026-03-31T14:05:00-05:30"),
        ("31/03/2026 14:05", "2026-03-31T14:05:00+00:00"),
        ("31.3.2026, 2:05 pm", "2026-03-31T14:05:00+00:00"),
        ("31-Mar-2026 12:00 AM", "2026-03-31T00:00:00+00:00"),
        ("March 31, 2026 at 12:30 PM UTC", "2026-03-31T12:30:00+00:00"),
        ("2026-03-31", "2026-03-31T00:00:00+00:00"),
    ],
)
def test_moments_have_a_zone(text, moment):
    assert values.moment(text, "dmy").isoformat() == moment


@pytest.mark.parametrize(
    "text", ["2026-03-31 25:00", "2026-03-31 9:61", "2026-03-31 13:00 PM", "2026-03-31 9:00 CET",
             "2026-03-31 09:00 +99:00", "2026-03-31 09:00 +23:59", "2026-03-31 09:00 -16"]
)  # fmt: skip
def test_moments_that_are_none_are_told(text):
    with pytest.raises(values.Wrong):
        values.moment(text)


@given(st.text("0123456789-/.: TZAPMjan+", max_size=24), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_whatever_becomes_a_moment_is_one_day(text, order):
    with contextlib.suppress(values.Wrong):
        assert values.moment(text, order).date().isoformat() == values.day(text, order)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.Example.com/a?b", "example.com"),
        ("example.com", "example.com"),
        ("www.a.co.uk:80", "a.co.uk"),
    ],
)
def test_a_web_address_becomes_a_domain(text, host):
    assert values.domain(text) == host


@pytest.mark.parametrize("text", ["none", "a b.com", "http://[::1", "http://", "x@y.com, z"])
def test_what_is_no_web_address_is_told(text):
    with pytest.raises(values.Wrong):
        values.domain(text)


@given(st.text(alphabet="=+-@\t\r'5a ", max_size=6))
def test_an_exported_cell_comes_back_as_it_was(text):
    cell = values.clean(text)
    assert values.clean(safe(cell)) == cell
