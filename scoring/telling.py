"""A model in words: its rules for a table, its cut-offs and caps, and how points fade."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.conditions.fields import find
from scoring import scores
from scoring.exporting import fields_read


def rules(rulebook):
    """A dict for each rule, those of a group together: fit first, then by group, then by order."""
    groups = {group.pk: group for group in rulebook.groups}
    rows = []
    for rule in rulebook.rules:
        said, group = scores.in_words(rule, rulebook.attributes), groups.get(rule.group_id)
        rows.append(
            {
                "rule": rule,
                "kind": rule.get_kind_display(),
                "group": group,
                "name": rule.name or said,
                "words": said if rule.name not in ("", said) else "",
                "each": rule.counts_activities,
                "fades": fades(rule),
                "barred": _barred(rule, rulebook.attributes),
            }
        )
    return sorted(rows, key=lambda row: (row["rule"].kind != "fit", _place(row["group"])))


def fades(rule):
    """ "halved every 30 days", "gone after 90 days", or "" for what stays."""
    days = rule.decay_days
    if rule.decay == rule.Decay.HALF_LIFE:
        return ngettext("halved every day", "halved every %(days)d days", days) % {"days": days}
    if rule.decay == rule.Decay.STEP:
        return ngettext("gone after a day", "gone after %(days)d days", days) % {"days": days}
    return ""


def worth(rule):
    """ "5.00", or "5.00 each" for what counts every activity."""
    points = number(rule.points)
    return _("%(points)s each") % {"points": points} if rule.counts_activities else points


def bands(model):
    """(what, in words) of both halves of the grade."""
    cuts = [model.fit_a, model.fit_b, model.fit_c]
    fit = _("A from %(a)s, B from %(b)s, C from %(c)s, else D") % _named("abc", cuts)
    cuts = [model.engagement_1, model.engagement_2, model.engagement_3]
    engagement = _("1 from %(a)s, 2 from %(b)s, 3 from %(c)s, else 4") % _named("abc", cuts)
    return [(_("Fit"), fit), (_("Engagement"), engagement)]


def number(points):
    return formats.number_format(points, 2, force_grouping=True)


def short(points):
    """Without decimals where there are none."""
    return formats.number_format(int(points)) if points == int(points) else number(points)


def _barred(rule, attributes):
    """What it reads and may read no more, such as an archived field, in words."""
    found = (find(key, attributes) for key in sorted(fields_read(rule.condition)))
    return "; ".join(f"“{one.label}” is {one.barred}" for one in found if one and one.barred)


def _named(names, cuts):
    return {name: short(cut) for name, cut in zip(names, cuts, strict=True)}


def _place(group):
    return (group is not None, group.name if group else "")
