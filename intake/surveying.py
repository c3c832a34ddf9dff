"""A first look at a file: encoding, delimiter, columns with samples, and what they seem to hold."""

from collections import Counter
from dataclasses import asdict, dataclass, field

from intake import values
from intake.encoding import detect
from intake.limits import COLUMNS, SAMPLE_BYTES, SURVEY_CHARACTERS, SURVEY_ROWS
from intake.reading import DELIMITERS, delimiter_of, records, unpacked
from intake.refusals import Unreadable

# Whole cells that usually mean "nothing was chosen".
EMPTY_WORDS = {"select", "-", "--", "–", "n/a", "#n/a", "null", "(blank)"}
_TESTS = {
    "date": values.day,
    "number.": values.number,
    "number,": lambda text: values.number(text, ","),
    "boolean": values.boolean,
}


@dataclass
class Column:
    """`name` is the header, made unique and never empty; `kinds`: what all values looked at fit."""

    name: str
    samples: list[str] = field(default_factory=list)
    filled: int = 0
    kinds: list[str] = field(default_factory=lambda: list(_TESTS))


@dataclass
class Survey:
    encoding: str
    delimiter: str
    columns: list[Column]
    empty_words: list[str]
    decimal: str

    def as_fields(self):
        """The columns of an ImportJob that it fills."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "columns": [asdict(column) for column in self.columns],
        }


def survey(packed, encoding="", delimiter=""):
    """Look at the first rows of an open file. Raises Unreadable with the words why not."""
    with unpacked(packed) as file:
        encoding = encoding or detect(file)
        file.seek(0)
        if not delimiter:
            delimiter = _delimiter(file, encoding)
            file.seek(0)
        rows = records(file, encoding, delimiter)
        header = next((row for row in rows if not row.is_blank), None)
        if header is None:
            raise Unreadable("The file is empty.")
        columns = [Column(name) for name in column_names(header)]
        found = _look(rows, columns)
    _refuse_headless(header)
    words = [word for word in found if word.lower() in EMPTY_WORDS]
    return Survey(encoding, delimiter, columns, words, _decimal(columns))


def column_names(header):
    """Unique names for the cells of the header row."""
    if header.fault:
        raise Unreadable(f"The row of column names cannot be read. {header.fault}")
    if len(header.cells) > COLUMNS:
        raise Unreadable(f"The file has more than {COLUMNS:,} columns.")
    names: list[str] = []
    taken: Counter[str] = Counter()
    for position, cell in enumerate(header.cells, 1):
        name = " ".join(cell.replace("\x00", " ").split()) or f"Column {position}"
        taken[name] += 1
        names.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return names


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


def _look(rows, columns):
    """Fill in the columns; returns the cells that look like empty words."""
    found: dict[str, None] = {}
    seen = 0
    for count, row in enumerate(rows):
        if count >= SURVEY_ROWS or seen >= SURVEY_CHARACTERS:
            break
        if row.fault:
            continue
        for column, cell in zip(columns, row.cells, strict=False):
            seen += len(cell) + 1
            text = values.clean(cell)
            if not text:
                continue
            if text.lower() in EMPTY_WORDS:
                found[text] = None
                continue
            _note(column, text)
    return list(found)


def _note(column, text):
    column.filled += 1
    if len(column.samples) < 3 and (sample := values.short(text)) not in column.samples:
        column.samples.append(sample.encode("utf-8", "replace").decode().replace("\x00", ""))
    if column.kinds:
        column.kinds = [kind for kind in column.kinds if _fits(_TESTS[kind], text)]
        # An identifier, a postcode: its zeros count.
        if text[0] == "0" and text[1:].isdigit():
            column.kinds = []


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
