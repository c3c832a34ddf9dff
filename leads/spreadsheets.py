"""CSV that people open in a spreadsheet: no cell of it is taken for a formula (CWE-1236).

The ' before such a cell is taken off again when the file is imported.
"""

import csv
from decimal import Decimal

FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")


def safe(cell):
    """The cell as text that no spreadsheet calculates. A number is none of its formulas."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float | Decimal):
        return text
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def csv_lines(rows):
    """Yield the lines of a CSV file, with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


class _Echo:
    """A file that gives back what is written."""

    def write(self, line):
        return line
