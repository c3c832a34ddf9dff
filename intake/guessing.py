"""A first mapping, from the names of the columns and what seems to stand in them."""

import re
import unicodedata
import zlib

from intake.targets import COMPANY_IDENTITY, NUMBERS, synonym, words_of
from leads.models import Attribute

_OUTCOME = re.compile(r"\b(converted|won|lost|lose|win|outcome|closed|conversion|churned)\b")


def guess(columns, *, empty_words=(), decimal="."):
    """A mapping for columns as stored in ImportJob.columns."""
    known = {one.code: one for one in Attribute.objects.filter(archived_at=None)}
    fields = _guess_fields(columns)
    taken: set[str] = set()
    to = {}
    for column in columns:
        name = column["name"]
        if name in fields:
            to[name] = {"to": fields[name]}
        elif not column["filled"]:
            to[name] = {"to": ""}
        else:
            to[name] = _guess_attribute(column, known, taken, decimal)
    return {"columns": to, "empty_words": list(empty_words), "decimal": decimal}


def code_for(name):
    """The attribute code of a header: plain letters, words joined by underscores."""
    plain = unicodedata.normalize("NFKD", words_of(name)).encode("ascii", "ignore").decode()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:76]
    if not code or len(code) < len(words_of(name)[:76]) / 2:
        # Other alphabets leave nothing over; the same header must give the same code again.
        return f"column_{zlib.crc32(words_of(name).encode()):08x}"
    return code if code[0].isalpha() else f"column_{code}"[:76]


def _guess_fields(columns):
    """{column name: target}; of two columns for one field the more usual name wins."""
    best: dict[str, tuple] = {}
    for position, column in enumerate(columns):
        if found := synonym(column["name"]):
            rank, target = found
            best[target] = min(best.get(target, (99,)), (rank, position, column["name"]))
    if {"lead.first_name", "lead.last_name"} & best.keys():
        best.pop("lead.name", None)
    if not set(COMPANY_IDENTITY) & best.keys():
        best = {target: one for target, one in best.items() if not target.startswith("company.")}
    return {one[2]: target for target, one in best.items()}


def _guess_attribute(column, known, taken, decimal):
    name = column["name"]
    labels = {one.label.casefold(): one for one in known.values()}
    same = labels.get(name.casefold()) or known.get(code_for(name))
    code, number = same.code if same else code_for(name), 1
    while code in taken:
        number += 1
        code, same = f"{code_for(name)}_{number}", known.get(f"{code_for(name)}_{number}")
    taken.add(code)
    kinds = [
        kind.rstrip(".,") for kind in column["kinds"] if kind[-1] not in ".," or kind[-1] == decimal
    ]
    if synonym(name) and synonym(name)[1] in NUMBERS:
        kinds = ["number"]
    return {
        "to": f"attr.{code}",
        "label": same.label if same else name[:120],
        "kind": same.kind if same else (kinds or ["text"])[0],
        "known_since": same.known_since
        if same
        else "after_outcome"
        if _OUTCOME.search(words_of(name))
        else "unknown",
    }
