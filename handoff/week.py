"""A rep's week against the agreement: what was taken, decided in time, touched in time, and why
the rest was given back."""

from dataclasses import dataclass

from django.db.models import Count, F, JSONField, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from handoff import capacity
from handoff.models import Handoff

_STATES = Handoff.State


@dataclass(frozen=True)
class Line:
    """`state`: "" (a plain number), kept, or missed: some were late. `url`: the list behind it."""

    label: str
    value: str
    state: str = ""
    url: str = ""


def told_by(user, now):
    """A column: the handoffs of this week that `user` decided or should have touched, counted."""
    monday = capacity.monday(now)
    theirs = Q(to_user=user) | Q(to_user=None, to_team=user.team_id or 0, decided_event__actor=user)
    this_week = Q(decided_at__gte=monday) | Q(kind="hand_raise", created_at__gte=monday)
    counted = Handoff.objects.filter(theirs, this_week).order_by().annotate(one=F("lead_id") * 0)
    said = JSONObject(**{name: Count("pk", filter=q) for name, q in _counts(monday, now).items()})
    return Subquery(
        counted.values("one").annotate(said=said).values("said"), output_field=JSONField()
    )


def lines(facts, now):
    """Of a user with the columns told_by, cap and taken."""
    said = facts.said_week or dict.fromkeys(_counts(now, now), 0)
    since = urlencode({"owner": "me", "cycle": "accepted", "since": capacity.monday(now).date()})
    return [
        Line(
            _("Handoffs taken"),
            _of(said["taken"], facts.cap),
            "",
            f"{reverse('leads:list')}?{since}",
        ),
        _in_time(_("Decided in time"), said["in_time"], said["decided"]),
        _in_time(_("Hand-raises touched in time"), said["touched"], said["raised"]),
        Line(_("Rejected, always with a reason"), str(said["rejected"])),
    ]


def _counts(monday, now):
    decided = Q(decided_at__gte=monday, state__in=[_STATES.ACCEPTED, _STATES.REJECTED])
    raised = Q(kind=Handoff.Kind.HAND_RAISE, created_at__gte=monday)
    touched = Q(touched_at__lte=F("due_at"))
    return {
        "taken": Q(decided_at__gte=monday, state=_STATES.ACCEPTED),
        "decided": decided,
        "in_time": decided & Q(decided_at__lte=F("due_at")),
        # One that may still be touched in time is nobody's fault yet.
        "raised": raised & (touched | Q(due_at__lt=now)),
        "touched": raised & touched,
        "rejected": Q(decided_at__gte=monday, state=_STATES.REJECTED),
    }


def _in_time(label, kept, all_):
    state = "" if not all_ else "kept" if kept == all_ else "missed"
    return Line(label, _of(kept, all_) if all_ else "–", state)


def _of(number, most):
    if most is None:
        return str(number)
    return _("%(number)d of %(most)d") % {"number": number, "most": most}
