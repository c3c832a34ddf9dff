"""A first mapping, from the names of the columns and what seems to stand in them."""

import re
import unicodedata
import zlib

from intake import presets, values
from intake.kinds import KINDS
from intake.models import ImportJob
from intake.recognising import meant, plain
from intake.targets import COMPANY_IDENTITY, NUMBERS, synonym, words_of
from leads.models import Attribute

_OUTCOME = re.compile(r"\b(converted|won|lost|lose|win|outcome|closed|conversion|churned)\b")
_DATES = (values.DMY, values.MDY, values.YMD)


def guess(columns, *, found, kind=ImportJob.Kind.LEADS, preset=""):
    """A mapping for columns as stored in ImportJob.columns. `found`: the Survey of their file."""
    known = {one.code: one for one in Attribute.objects.filter(archived_at=None)}
    export = presets.PRESETS.get(preset)
    said = meant(export, columns) if export else {}
    fields = _guess_fields(columns, said, kind)
    taken: set[str] = set()
    to = {}
    for column in columns:
        name = column["name"]
        if name in fields:
            to[name] = {"to": fields[name]}
        elif not column["filled"] or said.get(name) == "" or not KINDS[kind].has_attributes:
            to[name] = {"to": ""}
        else:
            to[name] = _guess_attribute(column, known, taken, found.decimal)
        if export:
            _as_exported(to[name], plain(name), export)
    return {
        "columns": to,
        "empty_words": found.empty_words,
        "decimal": found.decimal,
        "dates": found.dates,
        "update_only": KINDS[kind].update_only,
    }


def kind_of(column, decimal="."):
    """The kind of attribute that all values of this column fit."""
    for mark in column["kinds"]:
        if mark in _DATES:
            return "date"
        if not mark.startswith("number") or mark[-1] == decimal:
            return mark.rstrip(".,")
    return "text"


def depends_on_order(column):
    """Are its dates such as 3/4/2026, that may have the day or the month first?"""
    marks = column["kinds"]
    return values.DMY in marks and values.MDY in marks and values.YMD not in marks


def code_for(name):
    """The attribute code of a header: plain letters, words joined by underscores."""
    plain = unicodedata.normalize("NFKD", words_of(name)).encode("ascii", "ignore").decode()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:76]
    if not code or len(code) < len(words_of(name)[:76]) / 2:
        # Other alphabets leave nothing over; the same header must give the same code again.
        return f"column_{zlib.crc32(words_of(name).encode()):08x}"
    return code if code[0].isalpha() else f"column_{code}"[:76]


def _guess_fields(columns, said, kind):
    """{column name: target}: what the preset said; else, of two columns for one field, the one
    with the more usual name."""
    targets = KINDS[kind].targets
    sure = {name: target for name, target in said.items() if target in targets}
    best: dict[str, tuple] = {}
    for position, column in enumerate(columns):
        if column["name"] in said or not (found := _called(column["name"], targets)):
            continue
        rank, target = found
        if target not in sure.values():
            best[target] = min(best.get(target, (99,)), (rank, position, column["name"]))
    chosen = sure | {one[2]: target for target, one in best.items()}
    if {"lead.first_name", "lead.last_name"} & {*chosen.values()}:
        chosen = {name: target for name, target in chosen.items() if target != "lead.name"}
    if not set(COMPANY_IDENTITY) & {*chosen.values()}:
        chosen = {name: to for name, to in chosen.items() if not to.startswith("company.")}
    return chosen


def _called(header, targets):
    """(rank, target) of a header that means one of these, else None."""
    found = synonym(header)
    if found and found[1] in targets:
        return found
    labels = {words_of(label): target for target, label in targets.items()}
    target = labels.get(words_of(header))
    return (0, target) if target else None


def _as_exported(entry, header, export):
    if header in export.after and entry["to"].startswith("attr."):
        entry["known_since"] = "after_outcome"
    if header in export.values and entry["to"]:
        entry["values"] = export.values[header]


def _guess_attribute(column, known, taken, decimal):
    name = column["name"]
    labels = {one.label.casefold(): one for one in known.values()}
    same = labels.get(name.casefold()) or known.get(code_for(name))
    code, number = same.code if same else code_for(name), 1
    while code in taken:
        number += 1
        code, same = f"{code_for(name)}_{number}", known.get(f"{code_for(name)}_{number}")
    taken.add(code)
    kind = kind_of(column, decimal)
    if synonym(name) and synonym(name)[1] in NUMBERS:
        kind = "number"
    return {
        "to": f"attr.{code}",
        "label": same.label if same else name[:120],
        "kind": same.kind if same else kind,
        "known_since": same.known_since
        if same
        else "after_outcome"
        if _OUTCOME.search(words_of(name))
        else "unknown",
    }
