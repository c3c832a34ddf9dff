"""An Excel or OpenDocument workbook as records, one sheet of it."""

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from intake.limits import LINE_CHARACTERS, WORKBOOK_BYTES, WORKBOOK_MEMORY, WORKBOOK_SECONDS
from intake.refusals import Unreadable

REFUSED = 3  # see intake/worksheet.py
READER = Path(__file__).with_name("worksheet.py")
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NAMES = (b"xl/workbook", b"content.xml")  # of parts: of Excel, of OpenDocument
_DIRECTORY = 2**20  # bytes at the end, where a zip file lists its parts


def is_workbook(file):
    """Does this open file look like one? Any other zip file is none."""
    file.seek(0)
    head = file.read(8)
    size = file.seek(0, 2)
    file.seek(max(size - _DIRECTORY, 0))
    end = file.read() if head.startswith(_ZIP) else b""
    file.seek(0)
    return head.startswith(_OLD_EXCEL) or any(name in end for name in _NAMES)


@contextmanager
def opened(file, sheet="", decimal="."):
    """(names of all sheets, name of this one, an iterator over [row number, cells]).

    Without a name it is the first sheet with something in it. Numbers get this decimal sign.
    """
    with TemporaryFile() as copy, TemporaryFile() as told:
        _copy(file, copy)
        limits = [str(WORKBOOK_MEMORY), str(WORKBOOK_SECONDS)]
        command = [sys.executable, "-I", str(READER), sheet, decimal, *limits]
        with subprocess.Popen(command, stdin=copy, stdout=subprocess.PIPE, stderr=told) as reader:
            try:
                lines = _lines(reader, told)
                yield next(lines), next(lines), lines
            finally:
                reader.kill()


def _copy(file, copy):
    file.seek(0)
    shutil.copyfileobj(file, copy)
    if copy.tell() > WORKBOOK_BYTES:
        raise Unreadable(
            f"A workbook may have {WORKBOOK_BYTES // 2**20} MB. Save the sheet as CSV instead."
        )
    copy.seek(0)


def _lines(reader, told):
    """What the process says, line by line; raises Unreadable when it ends badly."""
    while line := reader.stdout.readline(LINE_CHARACTERS):
        if len(line) >= LINE_CHARACTERS:  # many cells may share one long text
            raise Unreadable(f"A row is longer than {LINE_CHARACTERS:,} characters.")
        yield json.loads(line)
    if reader.wait() == 0:
        return
    told.seek(0)
    words = told.read(300).decode(errors="replace").strip() if reader.returncode == REFUSED else ""
    raise Unreadable(
        f"The workbook cannot be read: {words}"
        if words
        else "The workbook is damaged, or too large to be read. Save the sheet as CSV instead."
    )
