"""Which column becomes what. A mapping is JSON, the same in the job, on the page and in M.json:

{"columns": {"Header": {"to": "lead.email"} | {"to": "company.name", "write": "fill"} | {"to": ""}
                     | {"to": "attr.total_visits", "label": "Total visits", "kind": "number",
                        "known_since": "capture", "values": {"many": "100", "none": ""}}},
 "empty_words": ["Select"], "decimal": ".", "dates": "dmy", "update_only": false}

"" is "do not import", as is a column that is not named. Of an attribute `label`, `kind` and
`known_since` may be left out; an attribute that exists keeps its own. `write`: "overwrite" what is
there (when it is left out), "fill" only what is empty, or "never" write but into what is created.
`values`: what whole cells mean, in any letter case; "" is "nothing". `empty_words` are cells that
mean "nothing" in every column; `decimal` is the sign before the fraction, "." or ","; `dates` says
how 3/4/2026 is meant: "dmy", "mdy", or "ymd" when there are none such; `update_only`: nobody is
created. What a column may become depends on the kind of the import: intake/kinds.py.
"""

import re

from intake import values
from intake.kinds import KINDS, missing
from intake.limits import MEANINGS, TEXT_VALUE
from intake.models import ImportJob
from intake.refusals import Unfit
from intake.targets import COMPANY_IDENTITY
from leads.models import Attribute

ATTRIBUTE_KINDS, KNOWN = Attribute.Kind.values, Attribute.Known.values
OVERWRITE, FILL, NEVER = "overwrite", "fill", "never"
ORDERS = (values.DMY, values.MDY, values.YMD)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")


def check(mapping, columns, kind=ImportJob.Kind.LEADS):
    """The mapping with all defaults filled in, or Unfit naming what is wrong with each column."""
    if not isinstance(mapping, dict) or not isinstance(mapping.get("columns"), dict):
        raise Unfit('A mapping is {"columns": {"Header": {"to": …}}}.')
    known = {one.code: one for one in Attribute.objects.all()}
    present = {column["name"]: column for column in columns}
    wrong: dict[str, str] = {}
    chosen: dict[str, dict] = {}
    for name, entry in mapping["columns"].items():
        if name not in present:
            wrong[name] = "The file has no such column."
        elif not isinstance(entry, dict) or not isinstance(entry.get("to", ""), str):
            wrong[name] = 'Write {"to": "lead.email"}, {"to": "attr.code"} or {"to": ""}.'
        elif entry.get("to"):
            try:
                chosen[name] = _checked(name, entry, known, KINDS[kind]) | _rules(entry)
                _check_meanings(chosen[name], mapping)
            except Unfit as error:
                wrong[name] = error.message
    wrong |= _clashes(chosen)
    if wrong:
        raise Unfit(next(iter(wrong.values())), wrong)
    _check_whole(kind, {entry["to"] for entry in chosen.values()})
    return {"columns": chosen, **_settings(mapping, kind)}


def make_attributes(mapping):
    """Create the attributes of a checked mapping which do not exist yet."""
    Attribute.objects.bulk_create(
        [
            Attribute(
                code=entry["to"].removeprefix("attr."),
                label=entry["label"],
                kind=entry["kind"],
                known_since=entry["known_since"],
            )
            for entry in mapping["columns"].values()
            if entry["to"].startswith("attr.")
        ],
        ignore_conflicts=True,
    )


def _checked(name, entry, known, held):
    target = entry["to"]
    if target in held.targets:
        return {"to": target}
    owner, _, code = target.partition(".")
    if owner == "property" and held.has_properties and _CODE.fullmatch(code):
        return {"to": target}
    if owner == "attr" and not held.has_attributes:
        raise Unfit("Such a file has no attributes.")
    if owner != "attr" or not _CODE.fullmatch(code):
        raise Unfit(
            f"“{target}” is no field, nor attr. with a code of small letters, digits and _."
        )
    attribute = known.get(code)
    default = attribute or Attribute(label=name[:120], kind="text", known_since="unknown")
    full = {
        "to": target,
        "label": str(entry.get("label") or default.label)[:120],
        "kind": entry.get("kind") or default.kind,
        "known_since": entry.get("known_since") or default.known_since,
    }
    if full["kind"] not in ATTRIBUTE_KINDS or full["known_since"] not in KNOWN:
        raise Unfit(
            f"kind is one of {', '.join(ATTRIBUTE_KINDS)}; known_since of {', '.join(KNOWN)}."
        )
    if attribute and attribute.archived_at:
        raise Unfit(f"The attribute {code} is archived.")
    if attribute and attribute.kind != full["kind"]:
        raise Unfit(f"The attribute {code} exists and is: {attribute.get_kind_display()}.")
    return full


def _rules(entry):
    """How the column is written and what its cells mean, where it says more than nothing."""
    write, meanings = entry.get("write") or OVERWRITE, entry.get("values") or {}
    if write not in (OVERWRITE, FILL, NEVER):
        raise Unfit("write is overwrite, fill or never.")
    if not isinstance(meanings, dict) or not all(isinstance(one, str) for one in meanings.values()):
        raise Unfit('values is {"cell": "what it means"}.')
    if len(meanings) > MEANINGS or any(len(one) > TEXT_VALUE for one in meanings.values()):
        raise Unfit(f"Up to {MEANINGS} values of up to {TEXT_VALUE:,} characters can be mapped.")
    meanings = {cell.strip(): meaning.strip() for cell, meaning in meanings.items()}
    said: dict[str, str] = {}
    for cell, meaning in meanings.items():
        if said.setdefault(cell.casefold(), meaning) != meaning:
            raise Unfit(f"“{values.short(cell)}” means two things.")
    return ({"write": write} if write != OVERWRITE else {}) | (
        {"values": meanings} if meanings else {}
    )


def _check_meanings(entry, mapping):
    """What a cell means must be of the column's kind."""
    read = {
        "number": lambda text: values.number(text, mapping.get("decimal", ".")),
        "boolean": values.boolean,
        "date": lambda text: values.day(text, mapping.get("dates", values.YMD)),
    }.get(entry.get("kind", ""))
    for cell, meaning in entry.get("values", {}).items() if read else ():
        try:
            if meaning:
                read(meaning)
        except values.Wrong as error:
            raise Unfit(f"What “{values.short(cell)}” means: {error}") from error


def _clashes(chosen):
    first: dict[str, str] = {}
    wrong = {}
    for name, entry in chosen.items():
        other = first.setdefault(entry["to"], name)
        if other != name:
            wrong[name] = f"“{other}” goes there already."
        elif entry["to"] == "lead.name":
            parts = {"lead.first_name", "lead.last_name"}
            if parts & {one["to"] for one in chosen.values()}:
                wrong[name] = "Import the full name or its parts, not both."
    return wrong


def _check_whole(kind, targets):
    if words := missing(kind, targets):
        raise Unfit(words)
    if any(t.startswith("company.") for t in targets) and not targets & set(COMPANY_IDENTITY):
        raise Unfit("Company facts need a column for the company's name or domain.")


def _settings(mapping, kind):
    words, decimal = mapping.get("empty_words", []), mapping.get("decimal", ".")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Unfit("empty_words is a list of words.")
    if decimal not in (".", ","):
        raise Unfit("decimal is “.” or “,”.")
    dates, update_only = (
        mapping.get("dates", values.YMD),
        mapping.get("update_only", KINDS[kind].update_only),
    )
    if dates not in ORDERS:
        raise Unfit("dates is dmy, mdy or ymd.")
    if not isinstance(update_only, bool):
        raise Unfit("update_only is true or false.")
    return {
        "empty_words": words,
        "decimal": decimal,
        "dates": dates,
        "update_only": update_only,
    }
