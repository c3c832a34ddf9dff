"""From the moments that another system has recorded to the moves of a lead (leads/history.py)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pgtrigger

from leads.lifecycle import (
    CUSTOMER,
    DISQUALIFIED,
    HANDED_OFF,
    LIFECYCLE_FIELDS,
    LOST,
    MOMENTS,
    MQL,
    NURTURE,
    SAL,
    SQL,
    UNQUALIFIED,
    Hold,
)
from leads.models import Lead, LeadEvent

OPEN = {MQL: "qualify", HANDED_OFF: "hand_off", SAL: "accept", SQL: "qualify_sales"}
REJECTED = "rejected"  # given back by sales: no stage, an outcome
ENDS = {
    CUSTOMER: "win",
    LOST: "lose",
    NURTURE: "recycle",
    DISQUALIFIED: "disqualify",
    REJECTED: "reject",
    UNQUALIFIED: "demote",
}
OWNED = (SAL, SQL)
NOT_STATED = "not_stated"  # the reason of who was given back without one
ACT_DAYS, WAKE_DAYS = 14, 90  # until somebody has to look at what came open
_RANK: dict[str, int] = {stage: place for place, stage in enumerate(OPEN)}
_NEEDS_REASON = {"lose", "recycle", "disqualify", "reject", "demote"}


@dataclass(frozen=True)
class Step:
    name: str
    target: str
    at: datetime
    reason: str = ""


def ended(past):
    """Where a pass ended: as it says, else where its last moment is; "" when it says nothing."""
    return past.stage or next((stage for stage in reversed(OPEN) if stage in past.moments), "")


def is_open(stage):
    return stage in OPEN


def beyond(stage):
    """The open stages that come after an open one."""
    return [later for later in OPEN if stage in _RANK and _RANK[later] > _RANK[stage]]


def step_back(now):
    """Out of the review, where only the system had put it, to make room for the past."""
    return Step("demote", UNQUALIFIED, now, "past_imported")


def first_moment(past):
    """The first moment that it knows, or None."""
    known = [*past.moments.values(), past.first_contact_at]
    return min((at for at in known if at), default=None)


def order(past, now):
    """Passes of one lead: what has ended first, in the order of their beginnings."""
    return (is_open(ended(past)), first_moment(past) or now)


def steps(past, stage, done, *, now):
    """The moves that lead from `stage` to where the pass ended; `done`: names of those of the same
    pass that are recorded already.

    A stage is passed only when its moment is known. The beginning and the end must be; one without
    a moment is dated as well as can be: the first contact, and the last moment that it knows.
    """
    end = ended(past)
    last = max([*past.moments.values()], default=past.first_contact_at or now)
    found = []
    if not is_open(stage) and _begins(past, end):
        begun = past.moments.get(MQL) or past.first_contact_at or first_moment(past) or now
        name = "reengage" if stage in (CUSTOMER, LOST, DISQUALIFIED) else "qualify"
        found.append(Step(name, MQL, begun))
    for target, name in OPEN.items():
        at = past.moments.get(target) or (last if target == end else None)
        is_ahead = target != MQL and (stage not in OPEN or _RANK[target] > _RANK[stage])
        if at and is_ahead and name not in done:
            found.append(Step(name, target, at))
    if end in ENDS and (end != UNQUALIFIED or is_open(stage) or found):
        at = past.moments.get("closed") or last
        name, target = ENDS[end], UNQUALIFIED if end == REJECTED else end
        reason = (past.reason or NOT_STATED) if name in _NEEDS_REASON else ""
        found.append(Step(name, target, at, reason))
    if end == HANDED_OFF and found:
        found.append(Step("recall", MQL, now))  # an import offers nothing to anybody
    return found


def after(state, step, owner, *, now):
    """The lifecycle fields of a lead after a move."""
    new = dict.fromkeys(LIFECYCLE_FIELDS) | {"hold": Hold.NONE}
    new |= {"stage": step.target, "stage_at": step.at}
    if step.target in (HANDED_OFF, SAL, SQL, CUSTOMER, LOST) and owner:
        new |= {"owner_id": owner.pk, "team_id": owner.team_id}
    if step.target in OPEN:
        new["due_at"] = now + timedelta(days=ACT_DAYS)
    if step.target == NURTURE:
        until = now + timedelta(days=WAKE_DAYS)
        new |= {"due_at": until, "hold": Hold.DATE, "hold_at": step.at, "hold_until": until}
    if step.target == UNQUALIFIED and step.name != "recall":
        new |= {"hold": Hold.POINTS, "hold_at": step.at}
    return new


def plain(state):
    """Lifecycle fields as an event keeps them; see perform.py."""
    return {name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in state.items()}


def row(lead_id, state, **others):
    """A Lead to write these lifecycle fields of, which may stand as `plain` has made them."""
    values = {
        name: datetime.fromisoformat(value) if name in MOMENTS and isinstance(value, str) else value
        for name, value in state.items()
    }
    return Lead(pk=lead_id, **values, **others)


def delete(event_ids):
    """Events are append-only, but for the import that brought them and is rolled back."""
    with pgtrigger.ignore("leads.LeadEvent:no_delete"):
        LeadEvent.objects.filter(pk__in=event_ids).delete()


def _begins(past, end):
    """Whether there is a cycle at all: who was disqualified at once has none."""
    return bool(past.moments.keys() & OPEN.keys()) or end not in (
        "",
        UNQUALIFIED,
        DISQUALIFIED,
    )
