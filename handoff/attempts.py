"""Attempts to reach a lead in its open cycle, and whether they are enough to call it unreachable.

An attempt is a discovery call with “no answer”, or a call logged as such, by anybody of us: who
called before the handoff tried, too. The number is a gate; that they were made within the agreed
days is a promise (Commitment.ATTEMPTS), because nobody could make up for a slow start.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from handoff.models import Discovery
from leads.models import Activity, Cycle, Lead
from leads.querysets import CountOf

UNREACHABLE = "unreachable"
MOST = 100


@dataclass(frozen=True)
class Attempt:
    at: datetime
    by: str
    note: str


def calls():
    """Discovery calls that nobody answered."""
    return Discovery.objects.filter(outcome=Discovery.Outcome.NO_ANSWER)


def logged():
    """Calls that somebody of us logged as not answered."""
    return Activity.objects.filter(kind="call", by__isnull=False, properties__reached=False)


def listed():
    """Annotations for leads, read by `made`: asked within the query that finds them."""
    who = {"first": "by__first_name", "last": "by__last_name"}
    unanswered = _calls().filter(lead=OuterRef("pk"))
    noted = _logged().filter(lead=OuterRef("pk"))
    return {
        "tried_calls": ArraySubquery(
            unanswered.values(one=JSONObject(at="held_at", note="notes", **who))
        ),
        "tried_logs": ArraySubquery(
            noted.values(one=JSONObject(at="happened_at", note="body", **who))
        ),
    }


def made(lead):
    """The attempts of a lead out of `listed`, the newest first."""
    found = [
        Attempt(
            datetime.fromisoformat(one["at"]), f"{one['first']} {one['last']}".strip(), one["note"]
        )
        for one in [*lead.tried_calls, *lead.tried_logs]
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def count(lead_ids):
    """{lead id: number of attempts in its open cycle, counted up to MOST}."""
    mine = {"lead": OuterRef("pk")}
    tried = [CountOf(one.filter(**mine), MOST) for one in (_calls(), _logged())]
    rows = Lead.objects.filter(pk__in=lead_ids).annotate(n=tried[0] + tried[1])
    return dict(rows.values_list("pk", "n"))


def too_few(leads, reason, agreement):
    """[(lead, why not yet)] of those that may not be called unreachable."""
    if reason != UNREACHABLE or not leads:
        return []
    tried = count([lead.pk for lead in leads])
    return [
        (lead, _not_yet(tried[lead.pk], agreement))
        for lead in leads
        if tried[lead.pk] < agreement.attempts
    ]


def blocked(leads, agreement):
    """{code of a reason: why it cannot be given yet} for the grid of one lead."""
    if len(leads) != 1:
        return {}  # each of many is told by the gate
    found = too_few(leads, UNREACHABLE, agreement)
    return {UNREACHABLE: found[0][1]} if found else {}


def _not_yet(tried, agreement):
    said = {"n": tried, "of": agreement.attempts}
    return _("Not yet: %(n)s of %(of)s attempts made.") % said


def _calls():
    return calls().filter(_in_cycle("held_at")).order_by()


def _logged():
    return logged().filter(_in_cycle("happened_at")).order_by()


def _in_cycle(moment):
    cycles = Cycle.objects.filter(lead=OuterRef("lead"), outcome="open")
    return Exists(cycles.filter(opened_at__lte=OuterRef(moment)))
