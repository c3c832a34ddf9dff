"""What a reason means: where it may be given, where the lead goes, and until when it waits."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from handoff import dates
from handoff.models import Agreement, Reason
from leads.lifecycle import DISQUALIFIED, LOST, NURTURE, UNQUALIFIED, Hold
from leads.refusals import Missing

NOTE_LENGTH = 15
WAIT_DAYS = 90  # for a reason that says neither a date nor days
_NOT_POINTS = {"", "nothing", "a veto to propose", "matching", "routing", "the bot filter"}
# Where these lead whatever the reason says; only a reject goes where its reason does.
_TARGETS = {
    "recycle": NURTURE,
    "disqualify": DISQUALIFIED,
    "lose": LOST,
    "demote": UNQUALIFIED,
    "reopen": UNQUALIFIED,
}


def offered_at(name, agreement):
    """The reasons that may be given with a transition, in the fixed order of the grid."""
    reasons = Reason.objects.filter(agreement=agreement, offered_at__contains=[name])
    return reasons.prefetch_related("details")


def teaching():
    """{code: does a rejection for this reason say something about the points of rules?}

    Over all versions of the agreement; the newest that knows a code decides. What a reason teaches
    else (a veto, matching, routing, the bot filter) is not mended by other points.
    """
    reasons = Reason.objects.order_by("agreement__version").values_list("code", "teaches")
    return {code: teaches.strip().lower() not in _NOT_POINTS for code, teaches in reasons}


def resolve(batch, agreement):
    """Turn the reason's code into the transition's arguments, or refuse the whole batch.

    Reads `reason`, `detail`, `note`, `until`, `goes_to` (only for reasons that leave it open);
    sets `goes_to`, `hold`, `until`, `suppress` and `dated`.
    """
    try:
        batch.args |= _consequences(batch.name, batch.args, agreement, batch.now)
    except Missing as refusal:
        for lead in list(batch.leads):
            batch.refuse(lead, refusal)
    for lead in batch.leads:  # an undo gives back no more than this move took
        batch.each[lead.pk] = {"suppress": batch.args["suppress"] and not lead.do_not_contact}


def moment(day):
    """A date as the morning of that day in the current time zone; moments stay as they are."""
    if isinstance(day, datetime) or not day:
        return day or None
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            raise Missing(f"“{day}” is not a date.", field="until") from None
    return timezone.make_aware(datetime.combine(day, time(9)))


def latest_agreement():
    """The one in force, else the newest draft: a lead can be turned down before any signature."""
    return (
        Agreement.objects.filter(status="in_force").first()
        or Agreement.objects.order_by("-version").first()
    )


def given(name, said, agreement, now):
    """(the Reason, the moment until which) that were said, or Missing: what else must be said."""
    reason = offered_at(name, agreement).filter(code=said["reason"]).first()
    if reason is None:
        raise Missing(f"“{said['reason']}” is not offered here.", field="reason")
    until = moment(said.get("until"))
    _check(reason, said, until, now)
    return reason, until


def _consequences(name, said, agreement, now):
    reason, until = given(name, said, agreement, now)
    goes_to = _TARGETS.get(name) or _target_of_reject(reason, said)
    if goes_to == NURTURE and until:
        _check_near(until, agreement.longest_nurture_days, now)
    hold = _hold(reason, goes_to, until)
    if until is None and (goes_to == NURTURE or hold == Hold.DATE):
        back = now + timedelta(days=reason.hold_days or WAIT_DAYS)
    else:
        back = until
    return {
        "goes_to": goes_to,
        "hold": hold,
        "until": back,
        "dated": until is not None,
        "suppress": reason.suppresses,
    }


def _check(reason, said, until, now):
    details = {detail.code: detail for detail in reason.details.all()}
    code = said.get("detail") or ""
    if code and code not in details:
        raise Missing(f"“{code}” does not belong to {reason}.", field="detail")
    if reason.needs_note and len(said.get("note", "").strip()) < NOTE_LENGTH:
        raise Missing(f"A note of at least {NOTE_LENGTH} characters is missing.", field="note")
    if until is None and (reason.needs_date or (code and details[code].needs_date)):
        raise Missing(f"{reason}: until when?", field="until")
    if until is not None:
        dates.check(until, now, field="until")


def _check_near(until, days, now):
    if until > now + timedelta(days=days):
        raise Missing(f"At most {days} days away: nobody nurtures longer.", field="until")


def _target_of_reject(reason, said):
    if reason.goes_to != Reason.GoesTo.CHOSEN:
        return reason.goes_to
    if said.get("goes_to") not in (NURTURE, UNQUALIFIED, DISQUALIFIED):
        raise Missing("Where should it go?", field="goes_to")
    return said["goes_to"]


def _hold(reason, goes_to, until):
    """A date that was given replaces the reason's own hold; who comes back is always held."""
    if reason.hold == Hold.FOREVER:
        return Hold.FOREVER
    if goes_to not in (NURTURE, UNQUALIFIED):
        return Hold.NONE
    if until:
        return Hold.DATE
    return reason.hold or (Hold.DATE if goes_to == NURTURE else Hold.POINTS)
