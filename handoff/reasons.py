"""What a reason means: where it may be given, where the lead goes, and until when it waits."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from handoff.models import Agreement, Reason
from leads.lifecycle import NURTURE, Hold
from leads.refusals import Missing

NOTE_LENGTH = 15
WAIT_DAYS = 90  # for a reason that says neither a date nor days


def offered_at(name, agreement):
    """The reasons that may be given with a transition, in the fixed order of the grid."""
    reasons = Reason.objects.filter(agreement=agreement, offered_at__contains=[name])
    return reasons.prefetch_related("details")


def resolve(batch, agreement):
    """Turn the reason's code into the transition's arguments, or refuse the whole batch.

    Reads `reason`, `detail`, `note`, `until`, `goes_to` (only for reasons that leave it open);
    sets `goes_to`, `hold`, `until`, `suppress` and `dated`.
    """
    args = batch.args
    reason = offered_at(batch.name, agreement).filter(code=args["reason"]).first()
    if reason is None:
        return _refuse(batch, f"“{args['reason']}” is not offered here.", "reason")
    details = {detail.code: detail for detail in reason.details.all()}
    detail = details.get(args.get("detail") or "")
    if args.get("detail") and detail is None:
        return _refuse(batch, f"“{args['detail']}” does not belong to {reason}.", "detail")
    if reason.needs_note and len(args.get("note", "").strip()) < NOTE_LENGTH:
        return _refuse(batch, f"A note of at least {NOTE_LENGTH} characters is missing.", "note")
    until = moment(args.get("until"))
    if until is None and (reason.needs_date or (detail and detail.needs_date)):
        return _refuse(batch, f"{reason}: until when?", "until")
    if until is not None and until <= batch.now:
        return _refuse(batch, "The date must be in the future.", "until")
    goes_to = _target(batch, reason)
    if goes_to is None:
        return _refuse(batch, "Where should it go?", "goes_to")
    args |= {
        "goes_to": goes_to,
        "hold": Hold.DATE if until else reason.hold,
        "until": until or batch.now + timedelta(days=reason.hold_days or WAIT_DAYS),
        "dated": until is not None,
        "suppress": reason.suppresses,
    }


def moment(day):
    """A date as the morning of that day in the current time zone; moments stay as they are."""
    if isinstance(day, datetime) or day is None:
        return day
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return timezone.make_aware(datetime.combine(day, time(9)))


def latest_agreement():
    """The one in force, else the newest draft: a lead can be turned down before any signature."""
    return (
        Agreement.objects.filter(status="in_force").first()
        or Agreement.objects.order_by("-version").first()
    )


def _target(batch, reason):
    if batch.name == "recycle":
        return NURTURE
    if batch.name != "reject" or reason.goes_to != Reason.GoesTo.CHOSEN:
        return reason.goes_to
    chosen = batch.args.get("goes_to")
    return chosen if chosen in ("nurture", "unqualified", "disqualified") else None


def _refuse(batch, message, field):
    for lead in list(batch.leads):
        batch.refuse(lead, Missing(message, field=field))
