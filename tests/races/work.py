"""What people do beside moving leads, at any moment: each takes the actor who does it, and returns
what came of it."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Absence
from handoff import agreements, answering, churning, discovery, drafts, pausing, presence, snoozing
from handoff.models import Agreement, Decision, Discovery, Response, RotationSeat
from handoff.seats import change
from leads import activities
from leads.lifecycle import CUSTOMER, HANDED_OFF, MQL, SAL
from leads.models import Activity, Lead, LeadEvent
from leads.refusals import Missing
from notify import reactions

NOTE = "a note that is long enough"
TRAVELLER = "Marco"
VERSIONS = 3  # the first one and those that come into force meanwhile
Outcome = Discovery.Outcome


def pause(actor):
    """By who has the offer, at times by somebody else, or for too long."""
    lead = _one(actor, stage=HANDED_OFF)
    by = actor.random.choice([lead.owner, lead.owner, lead.owner, actor.anybody()])
    hours = actor.random.choice([None, None, 2, 6, 99])
    pausing.pause(lead, by=by or actor.users[0], reason=NOTE, hours=hours, now=timezone.now())
    return "paused"


def look_and_put_aside(actor):
    """Open a lead of the review; now and then it has to wait until tomorrow."""
    lead, by, now = _one(actor, stage=MQL), actor.random.choice(actor.users), timezone.now()
    presence.look(by, lead.pk, now=now)
    if actor.random.random() < 0.4:
        preset = actor.random.choice([*snoozing.PRESETS])
        snoozing.snooze(lead, snoozing.until(preset, now), by=by, now=now)
        return "snoozed"
    return "looked at"


def call(actor):
    """What was typed is kept, then the call ends with one of its outcomes."""
    lead, now = _one(actor, stage=SAL), timezone.now()
    by = actor.random.choice([lead.owner, lead.owner, lead.owner, actor.random.choice(actor.users)])
    typed = {"notes": NOTE, drafts.TAB: str(actor.random.randint(1, 2))}
    drafts.keep(lead, typed, ["notes"], by=by, now=now)
    value = actor.random.choice(["yes", "yes", "yes", "no"])
    questions = ("budget", "authority", "need", "timeline")
    said = {"by": by, "now": now, "call": {"notes": NOTE}, "replied": {"readiness": "Ready"}}
    said["answers"] = dict.fromkeys(questions, (value, "stated", NOTE))
    outcome = actor.random.choice([*discovery.outcomes(lead)])
    if outcome == Outcome.NO_ANSWER:
        later = now + timedelta(days=actor.random.choice([1, 2, 3, -1]))
        discovery.no_answer(lead, next_attempt_at=later, **said)
    else:
        arguments = actor.said(discovery.MOVES[outcome])
        discovery.finish(lead, outcome, **said, **arguments)
    return f"call: {outcome}"


def respond(actor):
    """Marketing answers or disputes what sales decided."""
    waiting = Decision.objects.filter(answered_at=None).select_related("marketer")
    decision = waiting.filter(event__lead__in=actor.leads).order_by("?").first()
    if decision is None:
        return "nothing to answer"
    kind = actor.random.choice([*Response.Kind])
    by = decision.marketer or actor.random.choice(actor.users)
    answering.answer(decision.event_id, kind, note=NOTE, by=by, now=timezone.now())
    return str(kind)


def settle(actor):
    """A manager, mostly, says what becomes of a dispute."""
    dispute = Response.objects.filter(kind="dispute", settlement="").order_by("?").first()
    if dispute is None:
        return "nothing to settle"
    settlement = actor.random.choice([*Response.Settlement])
    by = actor.random.choice([*_managers(actor, "sales"), actor.random.choice(actor.users)])
    answering.settle(dispute.event_id, settlement, note=NOTE, by=by, now=timezone.now())
    return str(settlement)


def churn(actor):
    lead, now = _one(actor, stage=CUSTOMER), timezone.now()
    day = timezone.localdate(now) - timedelta(days=actor.random.randint(0, 20))
    reason = actor.random.choice(["left_price", "not_used", "price"])
    by = actor.random.choice(actor.users)
    churning.record(lead, churned_on=day, by=by, now=now, reason=reason, note=NOTE)
    return "churned"


def touch(actor):
    """A call is logged: the first touch of whoever was handed off."""
    now, lead = timezone.now(), actor.random.choice(actor.leads)
    by = actor.random.choice(actor.users)
    called = Activity(lead_id=lead, kind="call", by=by, happened_at=now, recorded_at=now)
    activities.record([called])
    return "touched"


def go_away(actor):
    """An absence of one who travels begins, or one ends early."""
    now = timezone.now()
    gone = Absence.objects.filter(ends_at__gt=now).order_by("?").first()
    if gone:
        gone.ends_at = max(now, gone.starts_at + timedelta(seconds=1))
        gone.save()
        return "came back"
    user = actor.random.choice([user for user in actor.users if user.first_name == TRAVELLER])
    days = timedelta(days=actor.random.randint(1, 5))
    Absence.objects.create(user=user, starts_at=now, ends_at=now + days)
    return "went away"


def give_weight(actor):
    """Another weight and other caps for a seat."""
    seat = RotationSeat.objects.order_by("?").first()
    if seat is None:
        return "no seat yet"
    seat.weight = actor.random.randint(1, 3)
    seat.daily_cap = actor.random.choice([None, None, 10, 100])
    seat.weekly_cap = actor.random.choice([None, None, 200])
    change(seat, now=timezone.now())
    return "seat changed"


def sign_next(actor):
    """The next version with other clocks, signed by a manager of either side."""
    if Agreement.objects.filter(in_force_from__isnull=False).count() == VERSIONS:
        return "signed before"
    draft = agreements.duplicate(agreements.in_force())
    draft.decide_hours = actor.random.choice([8, 16, 48])
    draft.touch_minutes = actor.random.choice([30, 90])
    draft.save()
    for side in ("marketing", "sales"):
        by = actor.random.choice(_managers(actor, side))
        draft = agreements.sign(draft, by=by, side=side, now=timezone.now())
    return "in force"


def tell(actor):
    """What a worker is rung for, perhaps not the first time."""
    events = LeadEvent.objects.order_by("-pk").values_list("pk", "undoes")[:50]
    reactions.tell([pk for pk, _undoes in events], now=timezone.now())
    reactions.withdraw([pk for pk, undoes in events if undoes], now=timezone.now())
    return "told"


# Each with how often it comes, beside 20 moves.
WORK = {
    pause: 2,
    look_and_put_aside: 2,
    call: 2.5,
    respond: 1,
    settle: 0.5,
    churn: 0.5,
    touch: 0.5,
    go_away: 0.3,
    give_weight: 0.3,
    sign_next: 0.08,
    tell: 0.5,
}


def _one(actor, **wanted):
    """One that is there now, and perhaps no longer in a moment."""
    some = Lead.objects.filter(pk__in=actor.leads, **wanted).select_related("owner")
    if lead := some.order_by("?").first():
        return lead
    raise Missing(f"There is no lead: {wanted}.")


def _managers(actor, side):
    return [user for user in actor.users if user.has_perm(f"handoff.sign_for_{side}")]
