"""Hold an offer once, with a reason: its clock stands still, and its deadline moves by as much.

No stage changes. Lead and Handoff are locked as `perform` locks them, so a decision at the same
moment comes before or after, never in between.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.business_time import ALWAYS, NeverWorks, add
from accounts.schedules import schedule_of
from handoff import clocks
from handoff.models import Handoff, Pause
from leads.lifecycle import HANDED_OFF, receiver
from leads.models import Lead
from leads.noting import note_event
from leads.refusals import Conflict, Forbidden, Missing, Refusal
from leads.words import conflict_words


@transaction.atomic
def pause(lead, *, by, reason, hours=None, now):
    """Hold the pending handoff of a lead. Returns the fresh lead.

    `hours`: of business time; by default as many as the agreement allows. Raises Conflict when it
    was decided or held before, Forbidden for who could not decide it, Missing without a reason,
    Refusal for more hours than allowed or a clock that has run out.
    """
    lead = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    handoff = _pending(lead, now)
    _check(lead, handoff, by, reason, now)
    hours = _hours(handoff, hours)
    held = Pause(handoff=handoff, starts_at=now, reason=reason.strip(), by=by)
    held.ends_at, handoff.due_at = _moved(handoff, now, timedelta(hours=hours))
    held.save()
    handoff.save(update_fields=["due_at"])
    Lead.objects.filter(pk=lead.pk).update(due_at=handoff.due_at)
    _record(lead, held, handoff.due_at)
    lead.due_at = handoff.due_at
    return lead


def may_pause(lead, now):
    """Does it make sense to offer it on the card of this lead (cards.with_facts)?"""
    return bool(lead.pause_hours) and lead.pause_ends_at is None and lead.due_at > now


def _pending(lead, now):
    pending = Handoff.objects.filter(lead=lead, state=Handoff.State.PENDING)
    pending = pending.select_related("agreement__calendar", "to_user", "to_team", "pause__by")
    handoff = pending.select_for_update(of=("self",), no_key=True).first()
    if lead.stage != HANDED_OFF or handoff is None:
        raise Conflict(conflict_words([lead], now)[lead.pk])
    return handoff


def _check(lead, handoff, by, reason, now):
    if not receiver(lead, by):
        raise Forbidden(_("%(who)s may not hold this offer.") % {"who": by})
    if (held := getattr(handoff, "pause", None)) is not None:
        words = {"who": held.by, "reason": held.reason}
        raise Conflict(_("%(who)s held this offer already: “%(reason)s”. Once is all.") % words)
    if not reason.strip():
        raise Missing(_("Why does it have to wait?"), field="reason")
    if handoff.due_at <= now:
        raise Refusal(_("The time to decide is over; a clock that has run out cannot be held."))


def _hours(handoff, hours):
    most = handoff.agreement.pause_hours if handoff.agreement else 0
    if not most:
        raise Refusal(_("The agreement does not allow to hold an offer."))
    if hours is not None and not 1 <= hours <= most:
        words = {"most": most}
        raise Missing(_("Between 1 and %(most)d hours.") % words, field="hours")
    return hours or most


def _moved(handoff, now, held):
    """(when the pause ends, the new deadline), in business time of who has the offer."""
    schedule, allowed = ALWAYS, clocks.allowed_for(handoff)
    if handoff.allowed is not None:  # else it was made by the clock on the wall
        who = handoff.to_user or handoff.to_team
        schedule = schedule_of(who, handoff.agreement.calendar)
    try:
        ends_at = add(schedule, now, held)
        return ends_at, add(schedule, handoff.created_at, allowed, [(now, ends_at)])
    except NeverWorks as error:
        raise Refusal(_("The calendar of who has it has no working hours.")) from error


def _record(lead, held, due_at):
    """For the timeline; not a move, so it stands in nobody's way who undoes one."""
    details = {"until": held.ends_at, "due_at": due_at, "handoff": held.handoff_id}
    note_event(lead, "paused", by=held.by, now=held.starts_at, note=held.reason, details=details)
