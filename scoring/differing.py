"""What one version of the model says otherwise than another, in words."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from scoring import scores, telling


@dataclass(frozen=True)
class Change:
    """Before and after in words; "" where there is nothing."""

    what: str
    before: str
    after: str


@dataclass
class Difference:
    """`settings`, `groups`: Changes; `added`, `removed`: rows of telling.rules; `changed`: (label,
    Changes) for each rule that both have; `same`: how many rules are alike."""

    settings: list[Change]
    groups: list[Change]
    added: list[dict] = field(default_factory=list)
    removed: list[dict] = field(default_factory=list)
    changed: list[tuple] = field(default_factory=list)
    same: int = 0

    def __bool__(self):
        return any([self.settings, self.groups, self.added, self.removed, self.changed])


def difference(before, after):
    """Between two Rulebooks."""
    found = Difference(_settings(before.model, after.model), _groups(before, after))
    gone, new = telling.rules(before), telling.rules(after)
    rows = {row["rule"].pk: row for row in [*gone, *new]}
    for old, rule in pairs(before.rules, after.rules):
        if old is None:
            found.added.append(rows[rule.pk])
        elif rule is None:
            found.removed.append(rows[old.pk])
        elif changes := _of_rule(old, rule, before, after):
            found.changed.append((rows[rule.pk]["name"], changes))
        else:
            found.same += 1
    return found


def pairs(before, after):
    """(rule of the one, rule of the other) for each, None where there is none: the same condition
    first, the same name then. In the order of `after`, what only `before` has at the end."""
    left, found = list(before), {}
    for same in (_same, _same_condition, _same_name):
        for rule in after:
            partner = next((old for old in left if same(old, rule)), None)
            if rule.pk not in found and partner is not None:
                found[rule.pk] = partner
                left.remove(partner)
    return [(found.get(rule.pk), rule) for rule in after] + [(old, None) for old in left]


def _same(old, rule):
    return _same_condition(old, rule) and old.name == rule.name


def _same_condition(old, rule):
    return old.kind == rule.kind and old.condition == rule.condition


def _same_name(old, rule):
    return rule.name != "" and old.name == rule.name


def _settings(before, after):
    told = [(_("Name"), before.name, after.name)]
    for (what, old), (_what, new) in zip(telling.bands(before), telling.bands(after), strict=True):
        told.append((what, old, new))
    told.append((_("Fit counts up to"), _cap(before.fit_cap), _cap(after.fit_cap)))
    what = _("Engagement counts up to")
    told.append((what, _cap(before.engagement_cap), _cap(after.engagement_cap)))
    return _changes(told)


def _groups(before, after):
    old = {group.name: group for group in before.groups}
    new = {group.name: group for group in after.groups}
    return _changes(
        (name, _group(old.get(name)), _group(new.get(name))) for name in dict.fromkeys([*old, *new])
    )


def _of_rule(old, rule, before, after):
    told = [
        (_("Name"), old.name, rule.name),
        (
            _("Condition"),
            scores.in_words(old, before.attributes),
            scores.in_words(rule, after.attributes),
        ),
        (_("Kind"), old.get_kind_display(), rule.get_kind_display()),
        (_("Points"), telling.worth(old), telling.worth(rule)),
        (_("At most"), _cap(old.cap), _cap(rule.cap)),
        (_("Points fade"), telling.fades(old) or _("never"), telling.fades(rule) or _("never")),
        (_("Group"), _name_of(old, before), _name_of(rule, after)),
    ]
    return _changes(told)


def _changes(told):
    return [Change(what, old, new) for what, old, new in told if old != new]


def _cap(points):
    return _("no cap") if points is None else telling.number(points)


def _group(group):
    if group is None:
        return ""
    words = {"kind": group.get_kind_display(), "points": telling.number(group.cap)}
    return _("%(kind)s, up to %(points)s") % words


def _name_of(rule, rulebook):
    names = {group.pk: group.name for group in rulebook.groups}
    return names.get(rule.group_id, _("none"))
