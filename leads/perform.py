"""The one door: the only caller of transition methods.

One implementation, for a batch; `perform` is a batch of one that raises its refusal. Gates,
effects and reactions of other apps are named in settings.LEAD_PIPELINE. Lock order: what `lock`
takes (the agreement, shared), the leads by id, then what gates and effects take (handoff, routing).
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import django_fsm as fsm
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from leads import bulk, cycles, deliver, undo
from leads.lifecycle import LIFECYCLE_FIELDS, MOVES_WITH_REASON, Stage
from leads.models import Lead, LeadEvent
from leads.refusals import Conflict, Forbidden, Missing, Refusal
from leads.words import conflict_words

BATCH = 10_000


@dataclass
class Batch:
    """What a gate or an effect gets: the locked leads that still go, and what was said.

    A gate refuses (`refuse`), or adds arguments for all (`args`) or for one lead (`each`).
    An effect runs after the move and finds `events` by lead id.
    """

    name: str
    by: Any  # a User; None: the system
    now: Any
    args: dict
    going: dict[int, Lead]
    group: Any = None
    refused: dict[int, Refusal] = field(default_factory=dict)
    each: dict[int, dict] = field(default_factory=dict)
    events: dict[int, LeadEvent] = field(default_factory=dict)

    @property
    def leads(self):
        return list(self.going.values())

    def refuse(self, lead, refusal):
        self.refused[lead.pk] = refusal
        self.going.pop(lead.pk, None)

    def args_for(self, lead):
        return self.args | self.each.get(lead.pk, {})


@dataclass
class Outcome:
    """Who moved, who did not and why (by lead id), and the events written."""

    moved: list[Lead] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)
    events: list[LeadEvent] = field(default_factory=list)


def perform(lead, name, *, by, now=None, group=None, **args):
    """Run one declared transition on one lead. Returns the fresh lead, or raises its Refusal."""
    outcome = perform_many([lead], name, by=by, now=now, group=group, **args)
    if outcome.refused:
        raise next(iter(outcome.refused.values()))
    return outcome.moved[0]


def perform_many(leads, name, *, by, now=None, group=None, **args):
    """Run one declared transition on leads (rows or ids), one transaction per 10,000.

    `by`: a user, or None for the system. `reason` and `note` go to the event, all other arguments
    to the transition and the event's details.
    """
    if name not in transitions():
        raise LookupError(f"{name} is no transition of a lead")
    now = now or timezone.now()
    ids = sorted({getattr(lead, "pk", lead) for lead in leads})
    total = Outcome()
    for start in range(0, len(ids), BATCH):
        _perform_batch(ids[start : start + BATCH], name, by, now, group, dict(args), total)
    return total


@cache
def transitions():
    """{name: one declared transition}, in the order that buttons stand in."""
    found = {t.name: t for t in Lead._meta.get_field("stage").get_all_transitions(Lead)}
    return dict(sorted(found.items(), key=lambda item: item[1].custom["order"]))


@cache
def sources(name):
    """The stages that `name` starts from, read from the machine: never a second list."""
    every = Lead._meta.get_field("stage").get_all_transitions(Lead)
    found = {t.source for t in every if t.name == name}
    return frozenset(Stage.values if "*" in found else found)


def _perform_batch(ids, name, by, now, group, args, total):
    step = settings.LEAD_PIPELINE.get(name, {})
    with transaction.atomic():
        if "lock" in step:
            import_string(step["lock"])()
        locked = Lead.objects.raw(_LOCKED, [ids])
        batch = Batch(name, by, now, args, {lead.pk: lead for lead in locked}, group)
        _check_there(batch, ids)
        _check_states(batch)
        _check_rights(batch)
        _check_reason(batch)
        if name == "undo":
            undo.gate(batch)
        if "gate" in step and batch.leads:
            import_string(step["gate"])(batch)
        if batch.leads:
            _move(batch)
            for path in filter(None, [step.get("effect"), settings.LEAD_PIPELINE["*"]["effect"]]):
                import_string(path)(batch)
            if deliver.reactions(name):
                ids = [event.pk for event in batch.events.values()]
                transaction.on_commit(lambda: deliver.deliver(ids), robust=True)
    total.moved += batch.leads
    total.refused |= batch.refused
    total.events += batch.events.values()


# Ready to send: compiling it took longer than running it. No key: whoever only refers to a lead
# (an activity comes in) need not wait.
_LOCKED = "SELECT * FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def _check_there(batch, ids):
    for pk in set(ids) - {lead.pk for lead in batch.leads}:
        batch.refused[pk] = Conflict("This lead no longer exists.")


def _check_states(batch):
    for lead in [one for one in batch.leads if one.erased_at]:
        batch.refuse(lead, Conflict("This person was erased; nothing more happens to the lead."))
    late = [
        lead
        for lead in batch.leads
        if lead.merged_into_id or not fsm.can_proceed(getattr(lead, batch.name))
    ]
    words = conflict_words(late, batch.now)
    for lead in late:
        batch.refuse(lead, Conflict(words[lead.pk]))


def _check_rights(batch):
    custom = transitions()[batch.name].custom
    for lead in list(batch.leads):
        if batch.by is None:
            allowed = custom["system"]
        else:
            allowed = fsm.has_transition_perm(getattr(lead, batch.name), batch.by)
        if not allowed:
            who = batch.by or "The system"
            batch.refuse(lead, Forbidden(f"{who} may not “{custom['label']}” this lead."))


def _check_reason(batch):
    if batch.name in MOVES_WITH_REASON and not batch.args.get("reason"):
        for lead in list(batch.leads):
            batch.refuse(lead, Missing("A reason is missing.", field="reason"))


def _move(batch):
    """Call the machine on each lead, then write leads, events and cycles in a few statements."""
    before = {lead.pk: _snapshot(lead) for lead in batch.leads}
    for lead in batch.leads:
        getattr(lead, batch.name)(by=batch.by, now=batch.now, **batch.args_for(lead))
    bulk.update(batch.leads, LIFECYCLE_FIELDS)
    events = [_event(batch, lead, before[lead.pk]) for lead in batch.leads]
    bulk.insert(events)
    batch.events = {event.lead_id: event for event in events}
    cycles.fold_in(events)


def _snapshot(lead):
    """The lifecycle fields as JSON; moments in full, or undo could not put them back exactly."""
    values = {name: getattr(lead, name) for name in LIFECYCLE_FIELDS}
    return {name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in values.items()}


def _event(batch, lead, before):
    said = batch.args_for(lead)
    details = {key: _plain(value) for key, value in said.items() if key not in _COLUMNS}
    details |= {"owner": lead.owner_id, "team": lead.team_id, "due_at": lead.due_at}
    details["before"] = before
    if batch.name in cycles.OPENING:
        details |= {"lead_source": lead.source, "lead_campaign": lead.campaign_id}
    return LeadEvent(
        lead=lead,
        name=batch.name,
        source=before["stage"],
        target=lead.stage,
        actor=batch.by,
        happened_at=batch.now,
        reason=said.get("reason", ""),
        note=said.get("note", ""),
        score=lead.score,
        grade=lead.grade,
        details=details,
        group=batch.group,
        undoes=said.get("undoes"),
        dispatched_at=None if deliver.reactions(batch.name) else batch.now,
    )


_COLUMNS = {"reason", "note", "undoes", "before"}


def _plain(value):
    """Rows are kept as their ids."""
    return value.pk if hasattr(value, "pk") else value
