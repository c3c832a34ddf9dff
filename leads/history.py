"""The declared way into a lead's past: stages and outcomes that another system has recorded.

It stands beside the one door (perform.py) because nothing is decided here: no gate, no right and no
reaction has a say in what has happened. It writes LeadEvents at their past moments, marked
details.origin = "import", the Cycles as their fold, and the stage in which they end; what other
apps add is LEAD_PIPELINE["remembered"]. See docs/decisions/011-history-beside-the-door.md.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from leads import bulk, cycles, deliver, way
from leads.lifecycle import LIFECYCLE_FIELDS, MQL, UNQUALIFIED
from leads.models import Lead, LeadEvent
from leads.refusals import Conflict, Refusal

ORIGIN = "import"


@dataclass
class Past:
    """One pass of a lead through the stages, as another system tells it.

    `moments`: {stage or "closed": when}; `stage`: where it ended (way.ENDS and way.OPEN), "": where
    the last moment says. `deal`: what is known of the opportunity; `key`: its id in that system.
    `outcome` (updated, unchanged) with the `events` written, or `refusal`, are the answer.
    """

    lead_id: int
    moments: dict[str, datetime] = field(default_factory=dict)
    stage: str = ""
    reason: str = ""
    owner: Any = None  # a User
    key: str = ""
    deal: dict = field(default_factory=dict)
    first_contact_at: datetime | None = None
    is_new: bool = False  # its lead was born of it
    lead: Lead | None = None
    events: list[LeadEvent] = field(default_factory=list)
    outcome: str = ""
    refusal: Refusal | None = None

    @property
    def amount(self):
        return self.deal.get("amount")

    def said(self):
        """A digest of what it says: the same words again are the same pass."""
        told = [self.moments, self.stage, self.reason, self.owner and self.owner.pk, self.key]
        text = json.dumps([*told, self.deal], cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@transaction.atomic
def remember(pasts, *, now, details=None):
    """Write these passes behind what leadops knows of their leads, and answer on each of them.

    `details` go to every event. The leads that leadops itself has moved are refused, unless only
    the system did and they wait in review or nowhere.
    """
    ids = sorted({past.lead_id for past in pasts})
    leads = {lead.pk: lead for lead in Lead.objects.raw(_LOCKED, [ids])}
    moves = _moves(ids)
    changed = {}
    for pk, theirs in _by_lead(pasts).items():
        book = _Book(leads[pk], moves[pk], now, details or {})
        for past in sorted(theirs, key=lambda past: way.order(past, now)):
            book.enter(past)
        if book.is_changed:
            changed[pk] = book
    written = [event for book in changed.values() for event in book.events]
    bulk.insert(written)
    bulk.update([book.row() for book in changed.values()], [*LIFECYCLE_FIELDS, "created_at"])
    cycles.rebuild(sorted({event.lead_id for event in written}))
    told = sorted((past for past in pasts if past.events), key=lambda past: past.events[0].pk)
    deliver.follow("remembered", told)
    return written


@transaction.atomic
def forget(event_ids):
    """Take back what `remember` wrote. Returns the ids of the leads that have moved on since then:
    nothing of theirs is taken back."""
    doomed = defaultdict(list)
    events = LeadEvent.objects.filter(pk__in=event_ids, details__origin=ORIGIN)
    for event in events.order_by("pk"):
        doomed[event.lead_id].append(event)
    list(Lead.objects.raw(_LOCKED, [sorted(doomed)]))
    later = {pk: moves[-1].pk > doomed[pk][-1].pk for pk, moves in _moves(list(doomed)).items()}
    kept = sorted(pk for pk, is_later in later.items() if is_later)
    going = {pk: events for pk, events in doomed.items() if pk not in kept}
    gone = [event.pk for events in going.values() for event in events]
    deliver.follow("forgotten", gone)
    rows = [way.row(pk, events[0].details["before"]) for pk, events in going.items()]
    bulk.update(rows, LIFECYCLE_FIELDS)
    way.delete(gone)
    cycles.rebuild(list(going))
    return kept


class _Book:
    """The moves of one locked lead, and what is entered after them."""

    def __init__(self, lead, moves, now, details):
        self.lead, self.now, self.details = lead, now, details
        self.known = {move.details.get("said") for move in moves}
        self.passes = defaultdict(list)
        for move in moves:
            if move.details.get("origin") == ORIGIN:
                self.passes[move.details.get("pass", "")].append(move.name)
        foreign = [move for move in moves if move.details.get("origin") != ORIGIN]
        self.is_worked_on = any(move.actor_id for move in foreign) or (
            bool(foreign) and lead.stage not in (UNQUALIFIED, MQL)
        )
        self.going, self.going_since = _open_pass(moves)
        self.is_queued = lead.stage == MQL and self.going is None
        self.state = {name: getattr(lead, name) for name in LIFECYCLE_FIELDS}
        self.created_at = lead.created_at
        self.events: list[LeadEvent] = []

    @property
    def is_changed(self):
        return bool(self.events) or self.created_at != self.lead.created_at

    def enter(self, past):
        past.lead = self.lead
        if past.said() in self.known:
            past.outcome = "unchanged"
            return
        if refusal := self._refusal(past):
            past.refusal = refusal
            return
        if past.is_new and (first := way.first_moment(past)):
            self.created_at = min(self.created_at, first)
            if not self.events:
                self.state["stage_at"] = self.created_at
        key = past.key or self.going or ""
        for step in self._steps(past):
            self._write(past, step, key)
        self.known.add(past.said())
        past.outcome = "updated" if past.events else "unchanged"
        if past.events:
            begun = [event.happened_at for event in self.events if event.name in cycles.OPENING]
            self.going_since = begun[-1] if begun else self.going_since
            self.going = key if way.is_open(self.state["stage"]) else None

    def row(self):
        return way.row(self.lead.pk, self.state, created_at=self.created_at)

    def _steps(self, past):
        done = self.passes[self.going] if self.going is not None else []
        stage = UNQUALIFIED if self.is_queued else self.state["stage"]
        steps = way.steps(past, stage, done, now=self.now)
        if steps and self.is_queued:
            steps.insert(0, way.step_back(self.now))
            self.is_queued = False
        return steps

    def _write(self, past, step, key):
        before = way.plain(self.state)
        self.state = way.after(self.state, step, past.owner, now=self.now)
        told = {"owner": self.state["owner_id"], "team": self.state["team_id"]}
        event = LeadEvent(
            lead_id=self.lead.pk,
            name=step.name,
            source=before["stage"],
            target=self.state["stage"],
            happened_at=step.at,
            reason=step.reason,
            score=0,
            details={
                **self.details,
                **told,
                "origin": ORIGIN,
                "pass": key,
                "said": past.said(),
                "amount": past.amount,
                "due_at": self.state["due_at"],
                "before": before,
                "lead_source": self.lead.source,
                "lead_campaign": self.lead.campaign_id,
            },
            dispatched_at=self.now,
        )
        self.passes[key].append(step.name)
        self.events.append(event)
        past.events.append(event)

    def _refusal(self, past):
        if self.is_worked_on:
            words = "It has been worked on here; a past is not written behind that."
            return Conflict(f"{words} The lead is {self.lead.get_stage_display()} now.")
        if past.key and past.key in self.passes and self.going != past.key:
            return Conflict(
                f"{past.key} has ended here already, and says something else now; what is recorded"
                " stays."
            )
        others = past.key and self.going and past.key != self.going
        begun = past.moments.get(MQL, self.going_since)
        if self.going is not None and (others or begun != self.going_since):
            name = self.going or "Another pass"
            return Conflict(f"{name} is open already; a lead has one at a time.")
        return None


def _open_pass(moves):
    """(key, beginning) of the pass of another system that is under way, or Nones."""
    last = moves[-1] if moves else None
    if last is None or not way.is_open(last.target) or last.details.get("origin") != ORIGIN:
        return None, None
    begun = [move.happened_at for move in moves if move.name in cycles.OPENING]
    return last.details.get("pass", ""), begun[-1]


def _moves(lead_ids):
    """{lead id: its standing moves, oldest first}; a birth is none."""
    moves = LeadEvent.objects.filter(lead__in=lead_ids, undone_by=None).exclude(source="")
    found = defaultdict(list)
    for move in moves.exclude(name="undo").order_by("pk"):
        found[move.lead_id].append(move)
    return found


def _by_lead(pasts):
    found = defaultdict(list)
    for past in pasts:
        found[past.lead_id].append(past)
    return found


_LOCKED = "SELECT * FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
