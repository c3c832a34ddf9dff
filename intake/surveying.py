"""A first look at a file: how to read it, its columns with samples, and what they seem to hold."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, islice

from intake import framing, values, workbook
from intake.encoding import detect
from intake.limits import (
    COLUMNS,
    FOOTER_ROWS,
    ROWS,
    SAMPLE_BYTES,
    SURVEY_CHARACTERS,
    SURVEY_ROWS,
    TITLE_ROWS,
    VALUES,
)
from intake.reading import DELIMITERS, Record, delimiter_of, header_of, rows_of, unpacked
from intake.refusals import Unreadable

# Whole cells that usually mean "nothing was chosen".
EMPTY_WORDS = {"select", "-", "--", "–", "n/a", "#n/a", "null", "(blank)"}
_DATES = (values.DMY, values.MDY, values.YMD)
_TESTS = {
    **{order: lambda text, order=order: values.day(text, order) for order in _DATES},
    "number.": values.number,
    "number,": lambda text: values.number(text, ","),
    "boolean": values.boolean,
}


@dataclass
class Column:
    """`name` is the header, made unique and never empty; `kinds`: what all values looked at fit
    ("dmy" is a date with the day first); `values`: all that there are, when they are few."""

    name: str
    samples: list[str] = field(default_factory=list)
    filled: int = 0
    kinds: list[str] = field(default_factory=lambda: list(_TESTS))
    values: list[str] = field(default_factory=list)


@dataclass
class Survey:
    """How the file is read has the names that it has in an ImportJob."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    header_line: int = 0
    footer_lines: int = 0
    columns: list[Column] = field(default_factory=list)
    empty_words: list[str] = field(default_factory=list)
    decimal: str = "."
    dates: str = values.YMD

    def as_fields(self):
        """The columns of an ImportJob that it fills."""
        read_as = ("encoding", "delimiter", "sheet", "sheets", "header_line", "footer_lines")
        return {name: getattr(self, name) for name in read_as} | {
            "columns": [asdict(column) for column in self.columns]
        }


def survey(file, *, encoding="", delimiter="", sheet="", header_line=0, footer_lines=None):
    """Look at an open file; what is not said is guessed. Raises Unreadable with the words why not.

    Its first rows tell what the columns hold, its last ones where the data end.
    """
    found = Survey(encoding, delimiter, sheet, header_line=header_line)
    if workbook.is_workbook(file):
        _choose_sheet(file, found)
    else:
        _choose_text(file, found)
    rows = rows_of(file, found)
    first = list(islice(rows, TITLE_ROWS + 20))
    found.header_line = header_line or framing.header_line(first)
    rows = chain(first, rows)
    header = header_of(rows, found.header_line)
    if header is None:
        raise Unreadable(
            f"The file has no row {header_line}." if header_line else "The file is empty."
        )
    found.header_line = header.line
    found.columns = [Column(name) for name in column_names(header)]
    found.empty_words, found.footer_lines = _look(rows, found.columns, footer_lines)
    _refuse_headless(header)
    found.decimal, found.dates = _decimal(found.columns), _date_order(found.columns)
    return found


def column_names(header):
    """Unique names for the cells of the header row."""
    if header.fault:
        raise Unreadable(f"The row of column names cannot be read. {header.fault}")
    if len(header.cells) > COLUMNS:
        raise Unreadable(f"The file has more than {COLUMNS:,} columns.")
    names: list[str] = []
    taken: Counter[str] = Counter()
    for position, cell in enumerate(header.cells, 1):
        name = " ".join(_shown(cell).split()) or f"Column {position}"
        taken[name] += 1
        names.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return names


def _choose_sheet(file, found):
    found.encoding = found.delimiter = ""
    with workbook.opened(file, found.sheet) as (names, name, _rows):
        found.sheets, found.sheet = names, name
    if not found.sheet:
        raise Unreadable("The workbook is empty.")
    if len(found.sheet) > 120 or _shown(found.sheet) != found.sheet:
        raise Unreadable("Give the sheet a shorter and plainer name.")
    found.sheets = [name for name in found.sheets if _shown(name) == name]


def _choose_text(file, found):
    found.sheet = ""
    with unpacked(file) as text:
        found.encoding = found.encoding or detect(text)
        text.seek(0)
        found.delimiter = found.delimiter or _delimiter(text, found.encoding)


def _delimiter(file, encoding):
    text = file.read(SAMPLE_BYTES).decode(encoding, "replace").removeprefix("\ufeff")
    delimiter, width = delimiter_of(text)
    first = text.splitlines()[0] if text.strip() else ""
    if width == 1 and first.startswith('"') and any(d in first for d in DELIMITERS):
        raise Unreadable(
            "Every line stands in quotes, so the file has one column only. Excel does that when"
            " it saves such a file again: open the original and export it once more."
        )
    return delimiter


def _refuse_headless(header):
    for cell in header.cells:
        if "@" in cell and _fits(values.email, values.clean(cell)):
            raise Unreadable(
                f"The first row looks like a lead ({values.short(cell)}), not like column names."
                " Add a row of names above it."
            )


def _look(rows, columns, footer_lines):
    """Fill in the columns; returns the cells that look like empty words, and how long the footer
    is: not looked at, as its words are no values."""
    found: dict[str, None] = {}
    different: list[Counter[str]] = [Counter() for _ in columns]
    read = seen = 0
    last: deque[Record] = deque()
    for row in _ahead(rows, last, FOOTER_ROWS if footer_lines is None else footer_lines):
        read += 1
        if read <= SURVEY_ROWS and seen < SURVEY_CHARACTERS:
            seen += _note_row(row, columns, different, found)
    if read + len(last) > ROWS:
        raise Unreadable(f"The file has more than {ROWS:,} rows; so many fit into one import.")
    if footer_lines is None:
        footer_lines = framing.footer_lines(list(last), len(columns))
    if read < SURVEY_ROWS and seen < SURVEY_CHARACTERS:
        for row in islice(last, max(len(last) - footer_lines, 0)):
            _note_row(row, columns, different, found)
    for column, counted in zip(columns, different, strict=True):
        # Each once: names, not answers.
        if len(counted) <= VALUES and len(counted) < column.filled:
            cells = [cell for cell, _count in counted.most_common()]
            column.values = cells if all(_shown(values.short(one)) == one for one in cells) else []
    return list(found), footer_lines


def _ahead(rows, last, count) -> Iterator[Record]:
    """All but the last rows, which are `last` at the end."""
    for row in rows:
        last.append(row)
        if len(last) > count:
            yield last.popleft()


def _note_row(row, columns, different, found):
    """Returns how many characters it had."""
    if row.fault:
        return 0
    for column, counted, cell in zip(columns, different, row.cells, strict=False):
        text = values.clean(cell)
        if text.lower() in EMPTY_WORDS:
            found[text] = None
        elif text:
            _note(column, text)
            if len(counted) <= VALUES:
                counted[text] += 1
    return sum(len(cell) + 1 for cell in row.cells)


def _note(column, text):
    column.filled += 1
    if len(column.samples) < 3 and (sample := _shown(values.short(text))) not in column.samples:
        column.samples.append(sample)
    if column.kinds:
        column.kinds = [kind for kind in column.kinds if _fits(_TESTS[kind], text)]
        # An identifier, a postcode: its zeros count.
        if text[0] == "0" and text[1:].isdigit():
            column.kinds = []


def _shown(text):
    """As a database takes it."""
    return text.encode("utf-8", "replace").decode().replace("\x00", " ")


def _fits(test, text):
    try:
        test(text)
    except values.Wrong:
        return False
    return True


def _decimal(columns):
    """The decimal sign that more columns can only be read with."""
    only = Counter(
        sign
        for column in columns
        for sign in ".,"
        if f"number{sign}" in column.kinds
        and column.filled
        and f"number{'.' if sign == ',' else ','}" not in column.kinds
    )
    return "," if only[","] > only["."] else "."


def _date_order(columns):
    """The order that more columns can only be read with; when none tells, the day first.

    Without a date that depends on it, the year.
    """
    dates = [column.kinds for column in columns if column.filled and _is_date(column.kinds)]
    only = Counter(
        order
        for kinds in dates
        for order in (values.DMY, values.MDY)
        if order in kinds and values.YMD not in kinds
    )
    if not only:
        return values.YMD
    return values.MDY if only[values.MDY] > only[values.DMY] else values.DMY


def _is_date(kinds):
    return any(order in kinds for order in _DATES)
