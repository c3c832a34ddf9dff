"""Which encoding a text file has, from its bytes; nobody who exports a file knows it."""

import codecs
import re
from collections import deque
from itertools import chain

from charset_normalizer import from_bytes

from intake.limits import SAMPLE_BYTES, TEXT_BYTES
from intake.refusals import Unreadable

BOMS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
NAMES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "latin-1": "ISO 8859-1",
}
FOREIGN = [
    (b"PK\x03\x04", "This is a zip file. Unpack it first."),
    (b"%PDF", "This is a PDF. Export the data as CSV."),
    (b"\x89PNG", "This is a picture, not a table."),
]
_CYRILLIC = re.compile(rb"[\xc0-\xff\xa8\xb8\xa1\xa2\xb2\xb3\xaf\xbf]{2,}")


def detect(file):
    """The codec of a binary file, from all of its bytes. Raises Unreadable for what is no text."""
    head = file.read(SAMPLE_BYTES)
    for magic, words in FOREIGN:
        if head.startswith(magic):
            raise Unreadable(words)
    wide = next((name for bom, name in BOMS if head.startswith(bom)), "") or _without_bom(head)
    if wide:
        deque(_measure(file), maxlen=0)
        return wide
    if len(re.findall(rb"[\x00-\x08\x0e-\x1f]", head)) > 16 + len(head) / 50:
        raise Unreadable("This is not a text file.")
    strange = _not_utf8(file, head)
    return "utf-8" if strange is None else code_page(strange)


def code_page(sample):
    """The Windows code page of these bytes, by the shape of their words."""
    words = [w for w in re.findall(rb"[A-Za-z\x80-\xff]+", sample) if not w.isascii()]
    cyrillic = [w for w in words if _CYRILLIC.fullmatch(w)]
    if len(cyrillic) > len(words) / 2:
        return "cp1251"
    if not _decodes(sample, "cp1252"):
        return "cp1250" if _decodes(sample, "cp1250") else "latin-1"
    if any(_only_central_european(word) for word in words):
        return "cp1250"
    best = from_bytes(sample, cp_isolation=["cp1252", "cp1250"]).best()
    if best is None or best.coherence < 0.3 or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    return best.encoding


def _without_bom(head):
    """UTF-16 without its mark: Latin text has a zero in every other byte."""
    if len(head) < 4:
        return ""
    half = len(head) // 2
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if even > 0.3 and odd < 0.1:
        return "utf-16-be"
    return "utf-16-le" if odd > 0.3 and even < 0.1 else ""


def _measure(file):
    """Yield the rest of the file in blocks; refuse what unpacks to too much."""
    size = SAMPLE_BYTES  # read already
    while block := file.read(SAMPLE_BYTES):
        size += len(block)
        if size > TEXT_BYTES:
            raise Unreadable(f"The file holds more than {TEXT_BYTES // 2**20:,} MB of text.")
        yield block


def _not_utf8(file, head):
    """Bytes around the first that are not UTF-8; None when all, or nearly all, of the file is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    for block in chain([head], _measure(file), [b""]):
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            sample = before[-4:] + block
            text = sample.decode("utf-8", "surrogateescape")
            bad = len(re.findall("[\ud800-\udfff]", text))
            good = len(re.findall("[^\x00-\x7f\ud800-\udfff]", text))
            # A few broken characters are no other encoding.
            return None if bad <= good / 10 else _strange_lines(sample)
        before = block
    return None


def _strange_lines(sample):
    lines = [line for line in re.split(rb"[\r\n]", sample) if re.search(rb"[\x80-\xff]", line)]
    return b"\n".join(lines)[:65_536]


def _decodes(sample, name):
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _only_central_european(word):
    """A letter of Windows-1250 in a word, where Windows-1252 has a sign: ł and ³, ą and ¹."""
    if not re.search(rb"[A-Za-z]", word):
        return False
    west, centre = word.decode("cp1252"), word.decode("cp1250", "replace")
    return any(
        c.isalpha() and not w.isalpha() for w, c in zip(west, centre, strict=True) if ord(w) > 0xA0
    )
