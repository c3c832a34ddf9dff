"""How many new handoffs a person has room for this week: the weekly cap of their seat."""

from datetime import timedelta

from django.db.models import Count, F, IntegerField, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.models import Handoff, RotationSeat
from leads.words import today

# What was taken from them again leaves the place free, as routing counts it.
_STATES = Handoff.State
TAKEN_BACK = [_STATES.RECALLED, _STATES.WITHDRAWN, _STATES.REROUTED]


def monday(now):
    """Midnight at which the reader's week began."""
    day = today(now)
    return day - timedelta(days=day.weekday())


def cap_of(user):
    """A column: the places of a week of `user` (an id or an OuterRef); null: no limit.

    Who has left a team keeps a seat there, which counts no more.
    """
    return _one(RotationSeat.objects.filter(user=user, team=F("user__team")), "weekly_cap")


def taken_by(user, now):
    """A column: how many of these places the week has filled; null: none."""
    mine = Handoff.objects.filter(to_user=user, created_at__gte=monday(now))
    mine = mine.exclude(state__in=TAKEN_BACK)
    return _one(mine.order_by().values("to_user").annotate(n=Count("pk")), "n")


def free_words(cap, taken):
    """ "2 places free this week", "full (8 of 8)", or "" where there is no limit."""
    if cap is None:
        return ""
    free = cap - (taken or 0)
    if free <= 0:
        return _("full (%(taken)d of %(cap)d)") % {"taken": taken, "cap": cap}
    words = ngettext("%(n)d place free this week", "%(n)d places free this week", free)
    return words % {"n": free}


def _one(rows, name):
    return Subquery(rows.values(name), output_field=IntegerField())
