"""A preview in words: the sentence on top, and the measures with their changes."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.preview.comparing import SIDES

AS_MANY = 0.02  # a difference in MQLs that nobody would notice
SURE = 50  # won and lost, below which nothing measured on them is sure


def sentence(subject, result):
    """{told, tone, rules, counts}: what the draft does, whether it is short of the goal, how many
    rules change, and who must sign."""
    short = _short(result)
    told = ", ".join(part for part in (_number(result), _quality(result)) if part)
    told = told[:1].upper() + told[1:]
    rules = len(result["rules"])
    return {
        "told": f"{told}{short}.",
        "is_short": (result["needed"].get("per_week") or 0) > result["per_week"]["draft"],
        "rules": ngettext("%d rule changes:", "%d rules change:", rules) % rules if rules else "",
        "counts": _("Nothing counts before both managers sign v%s.") % subject.signed_as,
    }


def outcomes(measured):
    """Rows of the table: what, now, draft, change, each as text, "–" where it is not known; and
    `ranges`, their intervals."""
    accepted, kept = measured["accepted"], measured["kept"]
    better, aucs, deciles = measured["better"], measured["auc"], measured["deciles"]
    best = {side: deciles[side][0] if deciles[side] else None for side in SIDES}
    areas = {side: aucs[side]["auc"] if aucs[side] else None for side in SIDES}
    return [
        {
            "label": _("Accepted by sales"),
            **{side: _share(accepted[side]) for side in SIDES},
            "change": _signed(100 * better["change"], 0) if better else "–",
            "ranges": {**{side: _range(accepted[side]) for side in SIDES}, "change": _span(better)},
        },
        {
            "label": _("Won leads kept"),
            **{side: _of(kept[side]) for side in SIDES},
            "change": _signed(kept["draft"]["kept"] - kept["now"]["kept"], 0),
        },
        _row(_("Lift of the best tenth"), best, 1, " ×"),
        _row(_("Won above lost (AUC)"), areas, 2, ""),
    ]


def confidence(measured):
    """What keeps these figures from being sure; "" when nothing does."""
    area = measured["auc"]["draft"]
    if not area:
        return _("There is not both a won and a lost lead yet, so lift and AUC are not all known.")
    if area["won"] < SURE or area["lost"] < SURE:
        said = {"won": area["won"], "lost": area["lost"], "wanted": SURE}
        return _("Low confidence: %(won)d won and %(lost)d lost, %(wanted)d of each wanted.") % said
    return ""


def middle(quartiles):
    """ "41 (30–52)": the median and the middle half."""
    if not quartiles:
        return "–"
    low, median, high = (rounded(value, 0) for value in quartiles)
    return f"{median} ({low}–{high})"


def rounded(value, places):
    """In the reader's number format, which itself would cut digits off and not round."""
    return number_format(round(value, places), places)


def _number(result):
    now, draft = (result["per_week"][side] for side in SIDES)
    if abs(draft - now) <= AS_MANY * max(now, draft):
        return _("as many MQLs")
    return _("fewer MQLs") if draft < now else _("more MQLs")


def _quality(result):
    """Only what the interval bears out."""
    better = result["outcomes"]["better"]
    if not better or better["low"] <= 0 <= better["high"]:
        return ""
    return _("and better ones") if better["low"] > 0 else _("and worse ones")


def _short(result):
    needed, draft = result["needed"].get("per_week"), result["per_week"]["draft"]
    if not needed:
        return ""
    distance = abs(needed - draft)
    n = rounded(distance, 0 if distance >= 1 else 1)
    if draft < needed:
        return _(", %s a week short of the goal") % n
    return _(", enough for the goal")


def _row(label, values, places, unit):
    known = None not in values.values()
    return {
        "label": label,
        **{side: _plain(values[side], places, unit) for side in SIDES},
        "change": _signed(values["draft"] - values["now"], places) if known else "–",
    }


def _plain(value, places, unit):
    return "–" if value is None else rounded(value, places) + unit


def _share(precision):
    if precision["share"] is None:
        return "–"
    percent = round(100 * precision["share"])
    return _("%(percent)d %% of %(n)d") % {"percent": percent, "n": precision["known"]}


def _range(precision):
    if precision["share"] is None:
        return ""
    low, high = (round(100 * precision[name]) for name in ("low", "high"))
    return _("%(low)d–%(high)d %%") % {"low": low, "high": high}


def _of(kept):
    return _("%(kept)d of %(of)d") % kept if kept["of"] else "–"


def _span(better):
    if not better:
        return ""
    low, high = (_signed(100 * better[name], 0) for name in ("low", "high"))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _signed(value, places):
    sign = "−" if round(value, places) < 0 else "+"
    return sign + rounded(abs(value), places)
