"""The way of a lead as a bar: earlier cycles, the stages passed, where it is, what lies ahead."""

from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from leads.lifecycle import CUSTOMER, HANDED_OFF, MQL, SAL, SQL, Stage
from leads.words import span

EARLIER = 2
WAY = {
    MQL: "opened_at",
    HANDED_OFF: "handed_off_at",
    SAL: "accepted_at",
    SQL: "qualified_at",
    CUSTOMER: "closed_at",
}


@dataclass(frozen=True)
class Step:
    """`state`: out (an earlier cycle, or a stage beside the way), done, now, ahead."""

    state: str
    label: str
    line: str = ""


def journey(lead, cycles, now):
    """Steps for a lead and its cycles, oldest first."""
    current = cycles[-1] if cycles else None
    stands = current is not None and (current.outcome == "open" or lead.stage == CUSTOMER)
    past = cycles[:-1] if stands else cycles
    steps = [_past(cycle) for cycle in past[-EARLIER:]]
    if not stands:
        return [*steps, _now(lead, now), *_ahead(list(WAY))]
    passed = list(WAY)[: list(WAY).index(lead.stage)] if lead.stage in WAY else []
    steps += [_done(stage, current) for stage in passed if getattr(current, WAY[stage])]
    return [*steps, _now(lead, now), *_ahead(list(WAY)[len(passed) + 1 :])]


def _past(cycle):
    words = {"number": cycle.number, "month": _date(cycle.opened_at, "M Y")}
    reason = cycle.reason.replace("_", " ").replace("-", " ")
    outcome = cycle.get_outcome_display()
    label = _("Cycle %(number)s, %(month)s") % words
    return Step("out", label, f"{outcome}: {reason}" if reason else outcome)


def _done(stage, cycle):
    return Step("done", Stage(stage).label, _date(getattr(cycle, WAY[stage]), "j M Y"))


def _now(lead, now):
    label = _("%(stage)s, now %(span)s") % {
        "stage": lead.get_stage_display(),
        "span": span(now - lead.stage_at),
    }
    return Step("now", label, due_words(lead))


def _ahead(stages):
    return [Step("ahead", Stage(stage).label) for stage in stages]


def due_words(lead):
    """The next action of the lead's queue and its date, "" when nobody has to act."""
    if lead.due_at is None:
        return ""
    patterns = {
        "mql": _("decide by %(at)s"),
        "handed_off": _("decide by %(at)s"),
        "sal": _("discovery %(at)s"),
        "sql": _("next step %(at)s"),
        "nurture": _("wakes %(at)s"),
    }
    return patterns.get(lead.stage, "%(at)s") % {"at": _date(lead.due_at, "j M H:i")}


def _date(at, pattern):
    return formats.date_format(timezone.localtime(at), pattern)
