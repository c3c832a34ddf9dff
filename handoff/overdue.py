"""What marketing and the system promised in time and did not keep: a review that is over, a
hand-raise that stands in nobody's inbox. It is said once; nobody is demoted for it.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from handoff import agreements
from handoff.models import QualifyingPath, ReviewEntry
from leads.lifecycle import MQL
from leads.models import Cycle, Lead, LeadEvent
from leads.noting import note_events

log = logging.getLogger(__name__)
SOME = 1_000


def sweep(now=None):
    now = now or timezone.now()
    _say("review_overdue", _unreviewed(now), now)
    _say("not_shown", _not_shown(now), now)


def _unreviewed(now):
    """MQLs whose date has passed, unless somebody put them aside for a while."""
    aside = ReviewEntry.objects.filter(lead=OuterRef("pk"), snoozed_until__gt=now)
    late = Lead.objects.filter(~Exists(aside), stage=MQL, due_at__lte=now)
    return late.exclude(_said("review_overdue", since="due_at"))


def _not_shown(now):
    """Hand-raises which the agreement sends to sales at once, and which could not go there. What a
    file brought always waits for a review."""
    agreement = agreements.in_force()
    raises = QualifyingPath.objects.filter(kind=QualifyingPath.Kind.HAND_RAISE, at_once=True)
    if agreement is None or not raises.filter(agreement=agreement).exists():
        return Lead.objects.none()
    by_then = now - timedelta(seconds=agreement.shown_seconds)
    raised = Cycle.objects.filter(
        lead=OuterRef("pk"),
        origin=Cycle.Origin.HAND_RAISE,
        outcome="open",
        handed_off_at=None,
        opened_at__lte=by_then,
    )
    imported = LeadEvent.objects.filter(
        lead=OuterRef("pk"), name="captured", details__has_key="import"
    )
    late = Lead.objects.filter(Exists(raised), ~Exists(imported), stage=MQL)
    return late.exclude(_said("not_shown", since="stage_at"))


def _said(name, since):
    """Has this been said of a lead since the moment in its column `since`?"""
    said = LeadEvent.objects.filter(lead=OuterRef("pk"), name=name)
    return Exists(said.filter(happened_at__gte=OuterRef(since)))


def _say(name, late, now):
    last = 0
    while ids := list(late.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:SOME]):
        last = ids[-1]
        _try(name, late.filter(pk__in=ids), ids, now)


def _try(name, late, ids, now):
    """What fails is tried again by the next sweep, and keeps nobody else waiting."""
    try:
        _note(name, late, ids, now)
    except Exception:
        log.exception("could not say %s of %s leads", name, len(ids))


@transaction.atomic
def _note(name, late, ids, now):
    """Asked again once the leads are locked: two sweeps at once say it once."""
    list(Lead.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    said = [(lead, {"details": {"due_at": lead.due_at}}) for lead in late.order_by("pk")]
    note_events(said, name, by=None, now=now)
