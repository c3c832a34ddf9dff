"""What the readable page of an agreement shows of a version, in words and numbers."""

from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from handoff import differing, goal, promises, wording
from handoff.models import Agreement, Handoff
from handoff.preview import numbers
from leads.querysets import Passed
from scoring.telling import short

MANY = 10_000  # handoffs: more are counted as so many
_FITS = [("A", _lazy("right")), ("B", _lazy("fair")), ("C", _lazy("edge")), ("D", _lazy("wrong"))]
_ACTIONS = {  # tone and icon
    "automatic": ("blue", "bolt"),
    "review": ("azure", "eye-check"),
    "nurture": ("cyan", "plant-2"),
    "leave": ("secondary", "minus"),
}


def of_version(agreement, now):
    """The context of the page of any version."""
    before = previous(agreement)
    changes = differing.difference(before, agreement) if before else []
    sections = {section.key: section.lines for section in wording.told(agreement)[0]}
    return {
        "agreement": agreement,
        "signatures": agreement.signatures.select_related("user"),
        "judged": _judged(agreement),
        "goal": _goal(agreement, now),
        "definitions": [line for line in sections["words"] if line.words],
        "engagements": _engagements(agreement.scoring_model),
        "fits": _fits(agreement),
        "matrix_foot": _matrix_foot(agreement),
        "paths": sections["paths"],
        "vetoes": sections["vetoes"],
        "levels": wording.service_levels(agreement),
        "promises": promises.of_both(agreement),
        "required": ", ".join(line.what for line in sections["required"]),
        "bant": _bant(agreement),
        "attempts": _attempts(agreement),
        "recycling": _recycling(agreement),
        "questions": sections["questions"],
        "reasons": _reasons(agreement),
        "before": before,
        "changes": changes,
        "comments": agreement.comments.select_related("by"),
        "versions": Agreement.objects.count(),
        "coming": _coming(agreement),
        **effect(agreement),
    }


def previous(agreement):
    """The version that was in force before it, or the one with the next lower number."""
    older = Agreement.objects.filter(version__lt=agreement.version).select_related("scoring_model")
    older = older.order_by("-version")
    return older.exclude(in_force_from=None).first() or older.first()


def effect(agreement):
    """Of what is to be signed; a version in force has real numbers."""
    if not agreement.awaits_signatures:
        return {}
    return {"numbers": numbers.of(agreement), "can_be_told": numbers.can_be_told()}


def _coming(agreement):
    """The newest version that is still to come into force, if it is another one."""
    waits = ["draft", "proposed", "signed", "agreed"]
    others = Agreement.objects.filter(status__in=waits).exclude(pk=agreement.pk)
    return others.order_by("-version").first()


def _judged(agreement):
    n = Handoff.objects.filter(agreement=agreement)[:MANY].count()
    return ngettext("judged %d handoff so far", "judged %d handoffs so far", n) % n


def _goal(agreement, now):
    """The chain of numbers and rates, each rate with a link to its leads where there is a list."""
    needed = goal.needed(agreement, now)
    if needed.why:
        return {"why": needed.why}
    since = timezone.localdate(now - goal.YEAR + timedelta(days=1)).isoformat()
    steps = [
        {"number": number, "label": label}
        for number, label in zip(needed.numbers, _steps(), strict=True)
    ]
    counts = zip(needed.counts, needed.counts[1:], needed.rates, _rates(), strict=False)
    for step, (part, whole, percent, (words, cycle)) in zip(steps, counts, strict=False):
        said = {"percent": round(percent), "n": part, "of": whole}
        step["rate"] = words % said
        step["of"] = _("%(n)d of %(of)d") % said
        step["url"] = f"{reverse('leads:list')}?{urlencode({'cycle': cycle, 'since': since})}"
        step["url"] = step["url"] if cycle else ""
    steps[-1]["rate"] = _("%g months") % needed.months
    steps.append({"number": round(needed.mqls_a_month), "label": _("MQLs a month")})
    return {"steps": steps, "ended": needed.ended}


def _steps():
    return [
        _("new customers"),
        _("sales qualified"),
        _("accepted"),
        _("handed off"),
        _("MQLs"),
    ]


def _rates():
    """(words, the list of its leads) from the end of the way to its beginning."""
    return [
        (_("%(percent)d %% win"), Passed.WON),
        (_("%(percent)d %% qualify"), Passed.SQL),
        (_("%(percent)d %% accept"), Passed.ACCEPTED),
        (_("%(percent)d %% approved"), ""),
    ]


def _engagements(model):
    cuts = [model.engagement_1, model.engagement_2, model.engagement_3]
    heads = [
        _("%(n)d: from %(cut)s") % {"n": n, "cut": short(cut)} for n, cut in enumerate(cuts, 1)
    ]
    return [*heads, _("4: below")]


def _fits(agreement):
    cells = {cell.grade: cell for cell in agreement.matrix.all()}
    return [
        {
            "letter": letter,
            "word": word,
            "cells": [_cell(cells.get(f"{letter}{number}")) for number in "1234"],
        }
        for letter, word in _FITS
    ]


def _cell(cell):
    action = cell.action if cell else "leave"
    label = cell.get_action_display() if cell else _("Leave")
    tone, icon = _ACTIONS[action]
    return {"label": label, "tone": tone, "icon": icon}


def _matrix_foot(agreement):
    model = agreement.scoring_model
    said = {
        "a": short(model.fit_a),
        "b": short(model.fit_b),
        "c": short(model.fit_c),
        "cap": agreement.automatic_cap,
    }
    words = _("Fit: A from %(a)s, B from %(b)s, C from %(c)s. Automatic: at most %(cap)d a day,")
    return words % said + " " + _("then review.")


def _bant(agreement):
    """ "3 of the four at least partly, 1 of them stated; need yes." """
    said = {"bar": agreement.bant_bar, "stated": agreement.stated_bar}
    parts = [_("%(bar)d of the four at least partly, %(stated)d of them stated") % said]
    wanted = {name: getattr(agreement, f"get_{name}_at_least_display")() for name in wording.BANT}
    parts += [f"{name} {least}" for name, least in wanted.items() if least]
    if n := agreement.bant_before:
        parts.append(_("%d of them asked before the handoff") % n)
    return "; ".join(parts)


def _attempts(agreement):
    said = {"n": agreement.attempts, "days": agreement.attempt_days}
    words = _("%(n)d attempts in %(days)d business days before a lead is “unreachable”.") % said
    if agreement.pause_hours:
        words += " " + _("A rep may hold a handoff once, for %d h.") % agreement.pause_hours
    return words


def _recycling(agreement):
    said = {"cycles": agreement.max_cycles, "days": agreement.longest_nurture_days}
    words = _("at most %(cycles)d passes of one lead, and %(days)d days of nurture") % said
    if share := agreement.exploration_share:
        words += _("; %s %% of the leads below the matrix are handed off as a sample") % short(
            share
        )
    return words


def _reasons(agreement):
    return [
        {
            "letter": reason.letter,
            "label": reason.label,
            "details": ", ".join(detail.label for detail in reason.details.all()),
            "offered": wording.offered(reason),
            "consequence": wording.consequence(reason),
        }
        for reason in agreement.reasons.all()
    ]
