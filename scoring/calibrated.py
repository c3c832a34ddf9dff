"""The calibrations of a version: finding the newest, and its report as people read it."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.conditions.fields import find
from scoring import telling
from scoring.models import Computation

KIND = "calibration"
_DONE = Computation.State.DONE


def newest(version):
    """(the newest finished calibration of this version, the newest of all); Nones."""
    rows = Computation.objects.filter(kind=KIND, params__model=version).select_related("created_by")
    latest = rows.order_by("-pk").first()
    done = latest
    if latest and latest.state != _DONE:
        done = rows.filter(state=_DONE).order_by("-pk").first()
    return done, latest


def about(calibration, rule):
    """The row of its report on a rule, or None when there is none of what the rule asks now. By
    the rule itself first: two rules may ask the same and be worth something else."""
    rows = calibration.result["rules"] if calibration else []
    rows = [row for row in rows if row["condition"] == rule.condition]
    return next((row for row in rows if row["rule"] == rule.pk), None)


def shown(report, attributes):
    """The report for its page: `warnings` and `cautions` come first, then `proof` and `tables`."""
    return report | {
        "warnings": [_warning(one, attributes) for one in report["columns"] if one["why"]],
        "figures": _figures(report),
        "tenths": [_tenth(one) for one in report["proof"]["reliability"]]
        if report["proof"]
        else [],
        "tables": [
            (_("Rules of this version"), "rules", [_row(row) for row in report["rules"]]),
            (_("Not in the model yet"), "others", [_row(row) for row in report["candidates"]]),
        ],
    }


def _warning(column, attributes):
    field = find(column["about"], attributes)
    name = field.label[:1].upper() + field.label[1:] if field else column["about"]
    return {"name": name, "why": column["why"], "used": column["used"]}


def _figures(report):
    """(what, value, what it means) of the test on newer leads."""
    proof = report["proof"]
    if not proof:
        return []
    interval = {"low": _fixed(proof["auc_low"]), "high": _fixed(proof["auc_high"])}
    told = [
        (
            _("AUC of the suggestion"),
            _fixed(proof["auc"]),
            _("%(low)s to %(high)s; 0.5 is chance, 1 is perfect") % interval,
        )
    ]
    if report["current_auc"] is not None:
        told.append(
            (_("AUC of this version"), _fixed(report["current_auc"]), _("on the same leads"))
        )
    lift, bar = proof["top_decile_lift"], {"bar": telling.short(proof["bar"])}
    return [
        *told,
        (_("Lift of the best tenth"), _fixed(lift), _("times the rate of all")),
        (_("Precision"), _percent(proof["precision"]), _("from %(bar)s points on") % bar),
        (_("Recall"), _percent(proof["recall"]), _("from %(bar)s points on") % bar),
    ]


def _tenth(part):
    scale = {"from": telling.short(part["from"]), "to": telling.short(part["to"])}
    return {
        "points": _("%(from)s to %(to)s") % scale,
        "leads": part["leads"],
        "expected": round(100 * part["expected"], 1),
        "happened": round(100 * part["happened"], 1),
    }


def _row(row):
    return row | {
        "words": row["words"][:1].upper() + row["words"][1:],
        "with": _percent(row["rate_with"][0]),
        "rest": _percent(row["rate_without"][0]),
        "said": _VERDICTS[row["verdict"]],
        "tone": _TONES.get(row["verdict"], "secondary"),
    }


def _percent(share):
    return "–" if share is None else _("%(n)s %%") % {"n": formats.number_format(100 * share, 1)}


def _fixed(number):
    return "–" if number is None else formats.number_format(number, 2)


_VERDICTS = {
    "works": gettext_lazy("works"),
    "does nothing": gettext_lazy("makes no difference"),
    "points the wrong way": gettext_lazy("points the wrong way"),
    "too few": gettext_lazy("too few leads to tell"),
}
_TONES = {"works": "green", "points the wrong way": "red"}
