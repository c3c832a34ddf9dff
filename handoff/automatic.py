"""Handing off without a review: grades that the matrix calls automatic, best first, capped."""

from django.db import connection

from handoff.models import Handoff
from leads.lifecycle import MQL
from leads.perform import perform_many
from leads.words import today

_LOCK = 7_201_005  # an advisory lock: two who count at once would both find room


def hand_off(agreement, leads, *, now):
    """Hand off those of these MQLs which need no review. The rest, and who lacks data, stay."""
    cells = agreement.matrix.filter(action="automatic")
    grades = {cell.grade for cell in cells}
    wanted = [lead for lead in leads if lead.stage == MQL and lead.grade in grades]
    if not wanted:
        return []
    best = sorted(wanted, key=lambda lead: (-lead.score, lead.pk))[: _room(agreement, now)]
    return perform_many(best, "hand_off", by=None, now=now).moved


def _room(agreement, now):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    done = Handoff.objects.filter(created_at__gte=today(now), event__name="hand_off")
    by_the_system = done.filter(event__actor=None, agreement=agreement)
    return max(agreement.automatic_cap - by_the_system.count(), 0)
