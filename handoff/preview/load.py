"""What comes to each rep in a week, today and by the draft, against a capacity."""

from collections import Counter

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import REP
from handoff.models import Handoff
from handoff.preview.comparing import SIDES
from handoff.preview.telling import rounded

NEARLY = 0.9  # of the capacity: nearly full


def per_rep(since, now, weeks):
    """[{name, team, now}]: handoffs a week to each active rep, most first. What was offered to a
    whole team counts for its reps in equal parts."""
    reps = User.objects.filter(is_active=True, groups__name=REP).select_related("team")
    reps = list(reps.order_by("first_name", "last_name", "pk"))
    each = _handoffs(since, now, Counter(rep.team_id for rep in reps))
    found = [
        {
            "name": rep.display_name,
            "team": str(rep.team or ""),
            "now": (each["user", rep.pk] + each["team", rep.team_id]) / weeks,
        }
        for rep in reps
    ]
    return sorted(found, key=lambda one: -one["now"])


def table(result, capacity):
    """Rows of reps with what each would get, against so many handoffs a week; and their sum."""
    reps = result["load"]
    capacity = capacity or _usual(reps)
    ratio = _ratio(result)
    rows = [_filled(one["name"], one["now"], ratio, capacity, 1) for one in reps]
    all_of_them = sum(one["now"] for one in reps)
    team = _filled(_("Team"), all_of_them, ratio, capacity * len(reps), len(reps))
    return {"capacity": capacity, "most": max(20, capacity), "rows": rows, "team": team}


def _handoffs(since, now, sizes):
    """Handoffs by ("user", id), and for ("team", id) the part of each of its reps."""
    made = Handoff.objects.filter(created_at__gt=since, created_at__lte=now)
    each: Counter = Counter()
    for user, team, n in made.values_list("to_user", "to_team").annotate(n=Count("pk")):
        if user:
            each["user", user] += n
        elif sizes[team]:
            each["team", team] += n / sizes[team]
    return each


def _usual(reps):
    """A capacity to begin with: the busiest of today just manages."""
    return max(1, round(max((one["now"] for one in reps), default=1)))


def _ratio(result):
    """How the load changes with the number of MQLs; None when there were none."""
    now, draft = (result["per_week"][side] for side in SIDES)
    return draft / now if now else None


def _filled(name, now, ratio, capacity, people):
    """`capacity`: of so many people together."""
    row = {"name": name, "now": now, "draft": None, "capacity": capacity, "people": people}
    if ratio is None:
        return row
    draft = now * ratio
    over = draft - capacity
    state = "over" if over > 0.05 else "nearly" if draft >= NEARLY * capacity else "free"
    return row | {"draft": draft, "state": state, "by": rounded(abs(over), 1)}
