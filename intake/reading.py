"""A file as records, streamed: whatever its format, encoding, delimiter and line ends."""

import csv
import gzip
import io
import re
import zlib
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

from intake import workbook
from intake.limits import CELL_CHARACTERS, LINE_CHARACTERS
from intake.refusals import Unreadable

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w"\x00\ufffd])"?\r?\n?', re.IGNORECASE)


@dataclass(slots=True)
class Record:
    """`line` is where it begins. With a `fault` (words), `cells` hold the raw text alone."""

    line: int
    cells: list[str]
    fault: str = ""
    is_footer: bool = False

    @property
    def is_blank(self):
        """Nothing to import: an empty row, or what a report writes below its last one."""
        return self.is_footer or not (self.fault or any(cell.strip() for cell in self.cells))


def records_of(job):
    """Yield the records of a job's file, whatever its format.

    They begin below the row of column names; those of a report's footer count as blank.
    """
    with job.file.open("rb") as file:
        rows = rows_of(file, job, job.mapping.get("decimal", "."))
        header_of(rows, job.header_line)
        yield from _footed(rows, job.footer_lines)


def rows_of(file, how, decimal="."):
    """Yield every row of an open file. `how`: a job, or a Survey of it."""
    if how.sheet:
        with workbook.opened(file, how.sheet, decimal) as (_names, _name, rows):
            for number, cells in rows:
                yield Record(number, cells)
    else:
        with unpacked(file) as text:
            yield from records(text, how.encoding, how.delimiter)


def header_of(rows, line=0):
    """The first row from this line on that is not blank; an iterator is then at the rows below."""
    return next((row for row in rows if row.line >= line and not row.is_blank), None)


@contextmanager
def unpacked(file):
    """The bytes of an open file from its start, ungzipped when they are gzip."""
    file.seek(0)
    is_gzip = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    try:
        yield gzip.GzipFile(fileobj=file) if is_gzip else file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable("The .gz file is damaged.") from error
    except UnicodeError as error:
        raise Unreadable("The file cannot be read in this encoding.") from error


def records(file, encoding, delimiter):
    """Yield a Record for each row of a binary file, header and blank lines too.

    Bytes that the encoding does not know come as surrogates, for the caller to find.
    """
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    text = io.TextIOWrapper(file, codec, errors, newline="")
    try:
        yield from _records(text, delimiter)
    finally:
        with suppress(ValueError):  # the file is closed already
            text.detach()  # the file stays open for its owner


def delimiter_of(text):
    """(delimiter, how many columns it makes) for the first lines of a file."""
    if named := _SEPARATOR_LINE.match(text):
        text = text[named.end() :]
        return named[1], _usual(_widths(text, named[1]))
    candidates = []
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        width = _usual(widths)
        candidates.append((widths.count(width) >= len(widths) / 2, width, delimiter))
    candidates = [one for one in candidates if one[1] > 1]
    _, width, delimiter = max(candidates, key=lambda one: one[:2], default=(True, 1, ","))
    return delimiter, width


def _footed(rows, count):
    """Mark the last of these rows as the footer."""
    held: deque[Record] = deque()
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.popleft()
    for row in held:
        row.is_footer = True
        yield row


def _records(text, delimiter):
    raw: list[str] = []
    # strict: else a quote that is never closed would swallow the rest without a word
    reader = csv.reader(_lines(text, raw), delimiter=delimiter, strict=True)
    while True:
        raw.clear()
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = _words(str(error), line, reader.line_num)
            yield Record(line, ["".join(raw)[:CELL_CHARACTERS]], fault)
            continue
        if line == 1 and len(cells) <= 2 and _SEPARATOR_LINE.fullmatch("".join(raw)):
            continue
        yield Record(line, cells)


def _widths(text, delimiter):
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        found = [len(row) for row in islice(rows, 50) if row]
    except csv.Error:
        found = []
    # The last one may be cut.
    return (found[:-1] if len(found) > 2 else found) or [1]


def _usual(widths):
    """How many columns most rows have. Those of one are the title and footer of a report."""
    return max([width for width in widths if width > 1] or [1], key=widths.count)


def _lines(text, raw):
    held = 0  # of one row: quotes can stretch it over any number of lines
    while line := text.readline(LINE_CHARACTERS):
        held = len(line) + (held if raw else 0)
        if held >= LINE_CHARACTERS:
            raise Unreadable(f"A line is longer than {LINE_CHARACTERS:,} characters.")
        raw.append(line)
        yield line


def _words(error, first, last):
    lines = f"line {first}" if last <= first else f"lines {first} to {last}"
    if "unexpected end" in error:
        return f"A quote opened on line {first} is never closed: {lines} could not be read."
    if "field limit" in error:
        return f"A cell is longer than {CELL_CHARACTERS:,} characters: {lines} could not be read."
    return f"A quote inside a quoted cell is not doubled: {lines} could not be read."
