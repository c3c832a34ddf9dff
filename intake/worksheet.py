"""Run by intake/workbook.py as a process of its own: a workbook on its input, rows on its output.

A workbook of a few kilobytes can unpack to more than a machine holds, and says so only by doing it.
Here it costs no more than this process. It imports nothing of the project.

Output is JSON, one a line: the names of the sheets, the name of the one that is read, then
[row number, cells as text] of each of its rows. Arguments: the sheet ("" for the first with
something in it), the decimal sign, bytes of memory, seconds.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, CalamineWorkbook

REFUSED = 3  # the exit code with words on the error output


def main(sheet, decimal, memory, seconds):
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        names = [one.name for one in book.sheets_metadata if "Work" in str(one.typ)]
        _tell(names)
        sheets = (book.get_sheet_by_name(name) for name in ([sheet] if sheet else names))
        chosen = next((one for one in sheets if one.height), None)
        _tell(chosen.name if chosen else sheet)
        for number, cells in enumerate(chosen.iter_rows() if chosen else [], 1):
            texts = [text(cell, decimal) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            _tell([number, texts])
    except MemoryError:
        sys.exit(REFUSED)
    except CalamineError as error:
        sys.stderr.write(str(error))
        sys.exit(REFUSED)


def _tell(what):
    sys.stdout.write(f"{json.dumps(what)}\n")


def text(cell, decimal="."):
    """A typed cell as the text that means the same everywhere: 1.0 is 1, a date is ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if cell == int(cell):
            return str(int(cell))
        return f"{Decimal(repr(cell)):f}".replace(".", decimal)
    if isinstance(cell, datetime):
        cell += timedelta(microseconds=500_000)  # a time of the day is a rounded fraction of it
        cell = cell.replace(microsecond=0)
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    main(*sys.argv[1:])
