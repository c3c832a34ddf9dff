"""Handing off without a review: grades that the matrix calls automatic, best first, capped."""

from django.db import connection
from django.db.models import Max

from handoff.models import Handoff
from leads.lifecycle import MQL
from leads.models import Activity, Cycle, FieldChange, LeadEvent
from leads.perform import perform_many
from leads.words import today

_LOCK = 7_201_005  # an advisory lock: two who count at once would both find room


def hand_off(agreement, leads, *, now):
    """Hand off those of these MQLs which need no review. The rest, and who lacks data, stay."""
    cells = agreement.matrix.filter(action="automatic")
    grades = {cell.grade for cell in cells}
    wanted = [lead for lead in leads if lead.stage == MQL and lead.grade in grades]
    imported = _imported(wanted)
    wanted = [lead for lead in wanted if lead.pk not in imported]
    if not wanted:
        return []
    best = sorted(wanted, key=lambda lead: (-lead.score, lead.pk))[: _room(agreement, now)]
    return perform_many(best, "hand_off", by=None, now=now).moved


def _imported(leads):
    """Ids of those that a file brought or changed, and that did nothing since: an import never
    hands off by itself."""
    ids = [lead.pk for lead in leads]
    born = LeadEvent.objects.filter(lead__in=ids, name="captured", details__has_key="import")
    changes = FieldChange.objects.filter(source__startswith="import ")
    own = changes.filter(subject__in=["lead", "attr"], subject_id__in=ids)
    companies = {lead.company_id for lead in leads}
    theirs = dict(
        changes.filter(subject="company", subject_id__in=companies)
        .values_list("subject_id")
        .annotate(Max("recorded_at"))
    )
    brought = {}
    for pk, at in [
        *born.values_list("lead", "happened_at"),
        *own.values_list("subject_id", "recorded_at"),
        *((lead.pk, theirs[lead.company_id]) for lead in leads if lead.company_id in theirs),
    ]:
        brought[pk] = max(at, brought.get(pk, at))
    acts = Activity.objects.filter(lead__in=brought, actor_class="human")
    acted = dict(acts.order_by().values_list("lead").annotate(Max("recorded_at")))
    return {pk for pk, at in brought.items() if pk not in acted or acted[pk] <= at}


def _room(agreement, now):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    done = Handoff.objects.filter(created_at__gte=today(now), event__name="hand_off")
    by_the_system = done.filter(event__actor=None, agreement=agreement)
    drawn = by_the_system.filter(event__details__origin=Cycle.Origin.EXPLORATION)
    return max(agreement.automatic_cap - by_the_system.count() + drawn.count(), 0)
