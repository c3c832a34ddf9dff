"""Which system a file is an export of, and what its columns mean there."""

import re
import unicodedata

from intake.models import ImportJob
from intake.presets import PRESETS


def recognised(headers, kind=ImportJob.Kind.LEADS):
    """The code of the preset whose export has these headers, or "": the one that knows most."""
    if kind != ImportJob.Kind.LEADS:
        return ""
    present = {plain(header) for header in headers}
    known = {
        code: len(present & {*one.to, *one.any_of, *one.after})
        for code, one in PRESETS.items()
        if present.issuperset(one.has) and present & set(one.any_of)
    }
    return max(known, key=lambda code: known[code], default="")


def meant(preset, columns):
    """{column name: target} of the columns that this preset knows.

    Of several columns for one target the first that has values is taken.
    """
    order = list(preset.to)
    known = [(column, plain(column["name"])) for column in columns]
    known = [(column, key) for column, key in known if key in preset.to]
    known.sort(key=lambda one: (not one[0]["filled"], order.index(one[1])))
    chosen: dict[str, str] = {}
    for column, key in known:
        target = preset.to[key]
        if target in ("", "attr") or target not in chosen.values():
            chosen[column["name"]] = target
    return chosen


def plain(header):
    text = unicodedata.normalize("NFKD", header).lower()
    return re.sub(r"[^a-z0-9]+", "", text)
