"""What the page of a preview shows of a result: tables, and the sentence above them."""

from datetime import datetime

from django.utils.translation import gettext as _

from handoff.preview import load, telling
from handoff.preview.comparing import SIDES
from handoff.preview.weeks import BIN
from leads.models import Lead

FIRST = 10  # of a list


def of_result(subject, result, user, *, shown, capacity, every):
    """`shown`: enters, leaves or same, the first ones or, with `every`, all that are listed. One
    query, for their names."""
    listed = result["moves"][shown]["leads"]
    url = f"{subject.url}?weeks={result['weeks']}"
    return {
        "at": datetime.fromisoformat(result["at"]),
        "result": result,
        "sentence": telling.sentence(subject, result),
        "weeks": _weeks(result),
        "labels": _labels(result),
        "shown": shown,
        "tabs": _tabs(result, shown, url),
        "moves": _moves(listed if every else listed[:FIRST], user),
        "listed": len(listed),
        "more": "" if every or len(listed) <= FIRST else f"{url}&list={shown}&every=1",
        "total": result["moves"][shown]["total"],
        "outcomes": telling.outcomes(result["outcomes"]),
        "confidence": telling.confidence(result["outcomes"]),
        "unknown": _unknown(result["unknown"]["draft"]),
        "distribution": _distribution(result["scores"]),
        "tenths": _tenths(result["outcomes"]["deciles"]),
        "scores": _scores(result["outcomes"]["scores"]),
        "load": load.table(result, capacity),
    }


def _weeks(result):
    rows = zip(result["ends"], *[result["entered"][side] for side in SIDES], strict=True)
    return [
        {"end": datetime.fromisoformat(end), "now": now, "draft": draft} for end, now, draft in rows
    ]


def _labels(result):
    """At the ends of the lines: what each is, and its average."""
    models, weekly = result["models"], result["per_week"]
    said = {
        "now": _("Now, model %(version)s: %(n)s")
        % {"version": models["now"], "n": telling.rounded(weekly["now"], 1)},
        "draft": _("Draft %(version)s: %(n)s")
        % {"version": models["draft"], "n": telling.rounded(weekly["draft"], 1)},
    }
    if needed := result["needed"].get("per_week"):
        said["needed"] = _("Needed: %(n)s") % {"n": telling.rounded(needed, 1)}
    return said


def _tabs(result, shown, url):
    labels = {"enters": _("Enters"), "leaves": _("Leaves"), "same": _("Same")}
    for name, label in labels.items():
        total = result["moves"][name]["total"]
        yield {
            "name": name,
            "label": label,
            "total": total,
            "active": name == shown,
            "url": f"{url}&list={name}",
        }


def _moves(listed, user):
    """The listed leads that this person may see, with their names."""
    leads = Lead.objects.visible_to(user).select_related("company")
    named = leads.in_bulk([one["lead"] for one in listed])
    return [
        {
            "lead": named[one["lead"]],
            "now": one["now"],
            "draft": one["draft"],
            "because": "; ".join(one["because"]),
        }
        for one in listed
        if one["lead"] in named
    ]


def _unknown(counts):
    """In whole percent; None when the draft would have had no MQL."""
    if not counts["of"]:
        return None
    percent = round(100 * counts["unknown"] / counts["of"])
    return {"percent": percent, "known": 100 - percent, **counts}


def _distribution(scores):
    counts = {side: dict(scores[side]) for side in SIDES}
    bins = [*counts["now"], *counts["draft"]]
    if not bins:
        return []
    return [
        {"from": low, "to": low + BIN, **{side: counts[side].get(low, 0) for side in SIDES}}
        for low in range(min(bins), max(bins) + BIN, BIN)
    ]


def _tenths(deciles):
    if not all(deciles.values()):
        return []
    rows = zip(*[deciles[side] for side in SIDES], strict=True)
    return [{"tenth": i, "now": now, "draft": draft} for i, (now, draft) in enumerate(rows, 1)]


def _scores(scores):
    labels = {"accepted": _("Accepted"), "rejected": _("Rejected"), "won": _("Won")}
    return [
        {"label": label, **{side: telling.middle(scores[side][name]) for side in SIDES}}
        for name, label in labels.items()
    ]
