"""The clocks of offers, looked at every minute: warn at half and at most of the time, and when it
is over tell the manager and offer the lead to somebody else.

What asks for something is judged again under the locks of `perform` (leads, then handoffs), and all
that follows is one transaction: two sweeps at once, or a killed one, cannot do half or twice.
"""

import logging
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from handoff import agreements, clocks
from handoff.models import Handoff
from handoff.standings import OVER, standings
from leads import bulk
from leads.lifecycle import SAL
from leads.models import Lead
from leads.noting import note_events
from leads.perform import perform_many

log = logging.getLogger(__name__)
SOME = 1_000
_LATE = {"reason": "not_decided_in_time", "ends": Handoff.State.LAPSED}


def sweep(now=None):
    """Bring every clock that runs up to date. Done again at the same moment it changes nothing."""
    now = now or timezone.now()
    for running in (_offers, _untouched):
        last = 0
        while some := list(running().filter(lead__gt=last).order_by("lead")[:SOME]):
            last = some[-1].lead_id
            if ids := [one.handoff.lead_id for one in standings(some, now) if one.asks]:
                _try(partial(_act, ids, running, now))
    _try(partial(_offer_again, now))


def _offers():
    """What waits for a decision. What was breached and stayed, for want of anybody else, has been
    told of."""
    return _handoffs().filter(state=Handoff.State.PENDING, warned__lt=OVER)


def _untouched():
    """Hand-raises that were accepted but not called yet: the same clock goes on."""
    accepted = _handoffs().filter(state=Handoff.State.ACCEPTED, kind=Handoff.Kind.HAND_RAISE)
    still = accepted.filter(lead__stage=SAL, lead__stage_at=F("decided_at"))
    return still.filter(touched_at=None, warned__lt=OVER)


def _handoffs():
    return Handoff.objects.select_related("lead__owner", "to_user", "to_team", "pause")


def _try(act):
    """What fails is tried again by the next sweep, and keeps nobody else waiting."""
    try:
        act()
    except Exception:
        log.exception("could not bring some clocks up to date")


def _offer_again(now):
    """What was breached while nobody else was free goes on as soon as somebody is."""
    stuck = Handoff.objects.filter(state=Handoff.State.PENDING, warned=OVER, due_at__lte=now)
    ids = list(stuck.order_by("due_at", "pk").values_list("lead", flat=True)[:SOME])
    _pass_on(ids, now, **_LATE)


@transaction.atomic
def _act(ids, running, now):
    agreements.lock_shared()
    list(Lead.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    locked = running().select_for_update(of=("self",), no_key=True).filter(lead__in=ids)
    asking = [one for one in standings(locked.order_by("lead"), now) if one.asks]
    warned = [one for one in asking if one.warns]
    over = [one for one in asking if one.is_breach]
    _move([one for one in asking if one.has_moved])
    _mark(warned + over)
    note_events([_warning(one) for one in warned], "warned", by=None, now=now)
    note_events([_breach(one) for one in over], "breached", by=None, now=now)
    late = [one.handoff.lead_id for one in over if one.is_offer]
    _pass_on(late, now, **_LATE)
    _pass_on([one.handoff.lead_id for one in asking if one.away], now, reason="absent")


def _move(found):
    for one in found:
        one.handoff.due_at = one.handoff.lead.due_at = one.due_at
    bulk.update([one.handoff for one in found], ["due_at"])
    bulk.update([one.handoff.lead for one in found], ["due_at"])


def _mark(found):
    for one in found:
        one.handoff.warned = one.percent
    bulk.update([one.handoff for one in found], ["warned"])


def _warning(standing):
    return standing.handoff.lead, {"details": {**_clock(standing), "percent": standing.percent}}


def _breach(standing):
    allowed = clocks.allowed_for(standing.handoff)
    details = {"allowed": allowed, "limit": clocks.limit_words(allowed)}
    return standing.handoff.lead, {"details": {**_clock(standing), **details}}


def _clock(standing):
    clock = clocks.FIRST_TOUCH if standing.waits_for_touch else clocks.DECISION
    return {"handoff": standing.handoff.pk, "clock": clock}


def _pass_on(lead_ids, now, **said):
    """To somebody else; where there is nobody, it stays with who has it."""
    if lead_ids:
        perform_many(lead_ids, "reassign", by=None, now=now, **said)
