"""The reason grid: giving a lead back, with every consequence told before it happens."""

from dataclasses import dataclass, field
from datetime import timedelta
from string import ascii_uppercase

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from handoff import reasons
from handoff.models import Reason
from leads.duplicates.merging import REASON
from leads.lifecycle import Hold


@dataclass
class Sub:
    code: str
    label: str
    number: int
    needs_date: bool
    chosen: bool


@dataclass
class Choice:
    """One place of the grid, as components/_reasons.html shows it."""

    code: str
    label: str
    letter: str
    consequence: str
    needs_date: bool
    needs_note: bool
    needs_goal: bool
    needs_other: bool  # whom it is a duplicate of
    chosen: bool
    blocked: str  # why it cannot be given yet
    subs: list[Sub] = field(default_factory=list)


def grid(offered, name, now, *, chosen="", detail="", blocked=None):
    """The offered reasons of a transition as places of the grid, with what was chosen.

    `blocked`: {code: why it cannot be given yet}.
    """
    spare = iter(ascii_uppercase[12:])  # A–L are fixed places
    return [
        Choice(
            code=one.code,
            label=one.label,
            letter=one.letter or next(spare),
            consequence=consequence(one, name, now),
            needs_date=one.needs_date,
            needs_note=one.needs_note,
            needs_goal=name == "reject" and one.goes_to == Reason.GoesTo.CHOSEN,
            needs_other=one.code == REASON,
            chosen=one.code == chosen,
            blocked=(blocked or {}).get(one.code, ""),
            subs=[
                Sub(sub.code, sub.label, number, sub.needs_date, sub.code == detail)
                for number, sub in enumerate(one.details.all(), 1)
            ],
        )
        for one in offered
    ]


def consequence(reason, name, now):
    """Where the lead goes, when it returns, what the score learns: one line, before it happens."""
    return f"{_goes(reason, name, now)} {learns(reason.teaches)}"


def learns(teaches):
    """What the score makes of a reason."""
    if not teaches:
        return _("Teaches the score nothing.")
    return _("The score learns: %(what)s.") % {"what": teaches}


def _goes(reason, name, now):
    if reason.suppresses and name != "lose":
        return _("Disqualified, and never contacted again.")
    if reason.suppresses:
        return _("Lost, and never contacted again.")
    if name == "churn":
        return _("Stays in the books as a customer who left.")
    target = {"recycle": "nurture", "disqualify": "disqualified", "lose": "lost"}.get(
        name, reason.goes_to
    )
    if target == Reason.GoesTo.NURTURE:
        return _back(reason, now)
    return {
        Reason.GoesTo.UNQUALIFIED: _("Back to marketing, data to fix."),
        Reason.GoesTo.DISQUALIFIED: _("Disqualified."),
        Reason.GoesTo.HANDED_OFF: _("Routed to somebody else; does not count against marketing."),
        Reason.GoesTo.LOST: _("Lost."),
    }.get(target, _("Goes where you choose."))


def _back(reason, now):
    if reason.needs_date:
        return _("To nurture, back to you on that date, with your note on top.")
    day = timezone.localtime(now) + timedelta(days=reason.hold_days or reasons.WAIT_DAYS)
    words = {"day": formats.date_format(day, "j M Y")}
    if reason.hold == Hold.POINTS:
        return _("To nurture, looked at again on %(day)s if it did something new.") % words
    return _("To nurture, back in review on %(day)s.") % words
