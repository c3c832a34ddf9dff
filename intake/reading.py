"""A delimited text file as records, streamed: whatever its encoding, delimiter and line ends."""

import csv
import gzip
import io
import re
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

from intake.limits import CELL_CHARACTERS, LINE_CHARACTERS
from intake.refusals import Unreadable

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


@dataclass(slots=True)
class Record:
    """`line` is where it begins. With a `fault` (words), `cells` hold the raw text alone."""

    line: int
    cells: list[str]
    fault: str = ""

    @property
    def is_blank(self):
        return not self.fault and not any(cell.strip() for cell in self.cells)


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
        return named[1], _widths(text, named[1])[0]
    candidates = []
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        agree = sum(width == widths[0] for width in widths) / len(widths)
        candidates.append((agree >= 0.5, widths[0], delimiter))
    candidates = [one for one in candidates if one[1] > 1]
    _, width, delimiter = max(candidates, key=lambda one: one[:2], default=(True, 1, ","))
    return delimiter, width


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


def _lines(text, raw):
    while line := text.readline(LINE_CHARACTERS):
        if len(line) >= LINE_CHARACTERS:
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
