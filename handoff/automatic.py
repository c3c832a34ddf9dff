"""Handing off without a review: who came by a path that says so, and grades that the matrix calls
automatic, best first and capped. Not what a file brought: an import never hands off by itself.
"""

from django.db import connection
from django.db.models import Exists, OuterRef

from handoff import imported
from handoff.kinds import Kind
from handoff.models import Handoff, QualifyingPath
from leads.lifecycle import MQL
from leads.models import Activity, Cycle, Lead
from leads.perform import perform_many
from leads.words import today

_LOCK = 7_201_005  # an advisory lock: two who count at once would both find room


def hand_off(agreement, qualified, *, now):
    """Hand off those of the leads just qualified which need no review; returns them.

    `qualified`: what perform_many answered. The rest, and who lacks data, stay in review.
    """
    at_once = {path.name for path in agreement.paths.all() if path.at_once}
    paths = {event.lead_id: event.details.get("path") for event in qualified.events}
    grades = {cell.grade for cell in agreement.matrix.filter(action="automatic")}
    waiting = [
        lead
        for lead in qualified.moved
        if lead.stage == MQL and (lead.grade in grades or paths[lead.pk] in at_once)
    ]
    silent = imported.silent([lead.pk for lead in waiting])
    waiting = [lead for lead in waiting if lead.pk not in silent]
    urgent = [lead for lead in waiting if paths[lead.pk] in at_once]
    gone = perform_many(urgent, "hand_off", by=None, now=now).moved
    rest = [lead for lead in waiting if paths[lead.pk] not in at_once]
    return gone + _best(agreement, rest, now)


def hand_off_raised(agreement, found, *, now):
    """Who is in review already and raises a hand there need not wait for it either.

    `found`: rows of qualifying.judge. Not who was handed off in this cycle and came back, nor who
    qualified under an older version.
    """
    at_once = agreement.paths.filter(at_once=True, kind=QualifyingPath.Kind.HAND_RAISE)
    paths = set(at_once.values_list("name", flat=True))
    raised = [one.pk for one in found if one.stage == MQL and one.path in paths and not one.veto]
    if not raised:
        return []
    ids = _acted(agreement, raised)
    ids -= imported.silent(ids)
    return perform_many(ids, "hand_off", by=None, now=now, kind=Kind.HAND_RAISE).moved


def _acted(agreement, lead_ids):
    """Those of these MQLs of this version who did something since they became one."""
    acted = Activity.objects.filter(
        lead=OuterRef("pk"), recorded_at__gt=OuterRef("stage_at"), actor_class="human", by=None
    )
    mine = {"outcome": "open", "agreement": agreement.version, "handoffs": 0}
    leads = Lead.objects.filter(
        Exists(acted),
        Exists(Cycle.objects.filter(lead=OuterRef("pk"), **mine)),
        pk__in=lead_ids,
        stage=MQL,
    )
    return set(leads.values_list("pk", flat=True))


def _best(agreement, leads, now):
    if not leads:
        return []
    best = sorted(leads, key=lambda lead: (-lead.score, lead.pk))[: _room(agreement, now)]
    return perform_many(best, "hand_off", by=None, now=now, kind=Kind.AUTOMATIC).moved


def _room(agreement, now):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    done = Handoff.objects.filter(created_at__gte=today(now), event__name="hand_off")
    done = done.filter(kind=Kind.AUTOMATIC, event__actor=None, agreement=agreement)
    return max(agreement.automatic_cap - done.count(), 0)
