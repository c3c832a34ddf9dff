"""One lead under two versions of the model: their ledgers side by side, line by line."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring import differing, scores, telling
from scoring.models import Rule
from scoring.scores import Ledger, Line


@dataclass(frozen=True)
class Row:
    """One rule, or one cap, in both ledgers; `words` tell the difference."""

    label: str
    before: Line | None
    after: Line | None
    words: str


@dataclass(frozen=True)
class Bench:
    """`before` and `sections`' left side are None when there is nothing to compare with."""

    before: Ledger | None
    after: Ledger
    sections: list[tuple]  # (label of the kind, Rows, points before, points after)

    @property
    def words(self):
        """How the scores differ."""
        return _gap(self.before.score, self.after.score) if self.before else ""


def bench(lead, before, after, *, at, as_of=None):
    """`before`, `after`: Rulebooks, the first one or None; two queries. `at`, `as_of`: see
    scores.explained."""
    old = scores.explained(before, lead, at=at, as_of=as_of) if before else None
    new = scores.explained(after, lead, at=at, as_of=as_of)
    rows = _rows(before, after, old, new)
    sections = [
        (label, [row for kind, row in rows if kind == name], old and getattr(old, name), total)
        for name, label, total in (
            ("fit", _("Fit"), new.fit),
            ("engagement", _("Engagement"), new.engagement),
        )
    ]
    return Bench(old, new, sections)


def _rows(before, after, old, new):
    """(kind, Row) for whatever stands in one of the ledgers: the rules, then the caps."""
    there, here = _by_rule(old), _by_rule(new)
    rules = differing.pairs(before.rules if before else [], after.rules)
    rows = [
        _row(there.get(rule and rule.pk), here.get(other and other.pk), _why(rule, other))
        for rule, other in rules
    ]
    there, here = _by_cap(old), _by_cap(new)
    rows += [_row(there.get(cap), here.get(cap), "") for cap in dict.fromkeys([*there, *here])]
    return [row for row in rows if row]


def _row(before, after, why):
    shown = after or before
    if shown is None:
        return None
    if before and after:
        words = _gap(before.points, after.points)
    else:
        words = why or _gap(before.points if before else 0, after.points if after else 0)
    return shown.kind, Row(shown.label, before, after, words)


def _why(old, rule):
    """Why a line stands on one side only."""
    if old is None:
        return _("new rule")
    if rule is None:
        return _("rule removed")
    return ""


def _gap(before, after):
    if before == after:
        return _("same")
    pattern = _("%(points)s more") if after > before else _("%(points)s less")
    return pattern % {"points": telling.number(abs(after - before))}


def _by_rule(ledger):
    lines = ledger.lines if ledger else []
    return {line.source.pk: line for line in lines if isinstance(line.source, Rule)}


def _by_cap(ledger):
    """By the name of the group, or by the kind."""
    lines = ledger.lines if ledger else []
    cuts = [line for line in lines if not isinstance(line.source, Rule)]
    return {(line.kind, line.source and line.source.name): line for line in cuts}
