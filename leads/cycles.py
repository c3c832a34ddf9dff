"""Cycle as a pure fold of LeadEvents. Undone events and undos count as if they never happened."""

from decimal import Decimal
from itertools import groupby

from django.db.models import Q

from leads import bulk
from leads.models import Cycle, LeadEvent

OPENING = {"qualify", "claim", "wake", "reengage"}
CLOSING = {
    "win": "won",
    "lose": "lost",
    "reject": "rejected",
    "recycle": "recycled",
    "disqualify": "disqualified",
    "demote": "demoted",
}
_DEFAULT_ORIGIN = {"claim": "sales", "wake": "recycled"}
_KEY = ("lead_id", "number")
_FIELDS = [f.attname for f in Cycle._meta.fields if f.attname not in ("id", *_KEY)]


def fold(cycle, event):
    """The lead's latest cycle after `event`: the same one changed, a new one, or None."""
    is_open = cycle is not None and cycle.outcome == "open"
    if event.name in OPENING and not is_open:
        cycle, is_open = _opened(cycle, event), True
    if not is_open:
        return cycle
    at, details = event.happened_at, event.details
    if event.target == "handed_off":  # hand_off, reassign, or rejected as misrouted
        cycle.handed_off_at = cycle.handed_off_at or at
        cycle.handoffs += 1
    if event.name in ("accept", "claim"):
        cycle.accepted_at, cycle.accepted_by_id = at, details["owner"]
    if event.name == "qualify_sales":
        cycle.qualified_at = at
    if event.name in CLOSING and event.target != "handed_off":
        merged = "into" in details  # nobody turned the person down: leads/duplicates/merging.py
        cycle.outcome, cycle.closed_at = "merged" if merged else CLOSING[event.name], at
        cycle.reason = event.reason
        amount = details.get("amount")
        cycle.amount = None if amount is None else Decimal(amount).quantize(Decimal("0.01"))
    return cycle


def fold_in(events):
    """Fold new events, one per lead, into the stored cycles."""
    undone = [event.lead_id for event in events if event.name == "undo"]
    if undone:
        rebuild(undone)
    plain = [event for event in events if event.name != "undo"]
    latest = _latest([event.lead_id for event in plain])
    folded = [fold(latest.get(event.lead_id), event) for event in plain]
    _store([cycle for cycle in folded if cycle is not None])


def rebuild(lead_ids):
    """Store what the events say and nothing else."""
    wanted, stored = _wanted_and_stored(lead_ids)
    extra = [stored[key].pk for key in stored if key not in wanted]
    Cycle.objects.filter(pk__in=extra).delete()
    _store([wanted[key] for key in wanted if _facts(stored.get(key)) != _facts(wanted[key])])


def differing(lead_ids, some=5_000):
    """The ids of leads whose stored cycles are not the fold of their events."""
    ids, found = list(lead_ids), set()
    for start in range(0, len(ids), some):
        wanted, stored = _wanted_and_stored(ids[start : start + some])
        found |= {
            key[0]
            for key in wanted.keys() | stored.keys()
            if _facts(wanted.get(key)) != _facts(stored.get(key))
        }
    return sorted(found)


def folded(lead_ids, before=None):
    """Every cycle of these leads, computed from their events; nothing is read from Cycle.

    `before`: as they were just before that moment.
    """
    standing, known = Q(undone_by=None), Q()
    if before:
        standing, known = (
            standing | Q(undone_by__happened_at__gte=before),
            Q(happened_at__lt=before),
        )
    events = (
        LeadEvent.objects.filter(standing, known, lead__in=lead_ids)
        .exclude(name="undo")
        .order_by("lead_id", "id")
    )
    for _lead, theirs in groupby(events.iterator(), key=lambda event: event.lead_id):
        cycle = None
        for event in theirs:
            before, cycle = cycle, fold(cycle, event)
            if before is not None and before is not cycle:
                yield before
        if cycle is not None:
            yield cycle


def _opened(previous, event):
    details = event.details
    return Cycle(
        lead_id=event.lead_id,
        number=previous.number + 1 if previous else 1,
        origin=details.get("origin")
        or _DEFAULT_ORIGIN.get(event.name)
        or ("marketer" if event.actor_id else "system"),
        source=details.get("lead_source") or "",
        campaign_id=details.get("lead_campaign"),
        score=event.score,
        grade=event.grade,
        model=details.get("model"),
        agreement=details.get("agreement"),
        opened_at=event.happened_at,
    )


def _latest(lead_ids):
    # Ready to send, like the lock in perform.
    sql = "SELECT * FROM leads_cycle WHERE lead_id = ANY(%s) ORDER BY number"
    return {cycle.lead_id: cycle for cycle in Cycle.objects.raw(sql, [lead_ids])}


def _store(cycles):
    # Closed before opened: a lead may have only one open cycle at any moment.
    for is_open in (False, True):
        some = [cycle for cycle in cycles if (cycle.outcome == "open") == is_open]
        bulk.insert(some, unique=_KEY)


def _wanted_and_stored(lead_ids):
    wanted = {(c.lead_id, c.number): c for c in folded(lead_ids)}
    stored = {(c.lead_id, c.number): c for c in Cycle.objects.filter(lead__in=lead_ids)}
    return wanted, stored


def _facts(cycle):
    return cycle and {name: getattr(cycle, name) for name in _FIELDS}
