"""Past stages and outcomes: each row is one pass of a lead through the stages of another system."""

import re
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db import transaction

from intake.cells import Rejected
from intake.held import people, rowwise
from intake.held.cells import Reader
from intake.held.people import Subject
from intake.kinds import KINDS
from leads import history, way
from leads.history import Past
from leads.lifecycle import (
    CUSTOMER,
    DISQUALIFIED,
    HANDED_OFF,
    LOST,
    MQL,
    NURTURE,
    SAL,
    SQL,
    UNQUALIFIED,
    Stage,
)

WORDS = {
    UNQUALIFIED: "unqualified|new|lead|open",
    MQL: "mql|marketing qualified lead",
    HANDED_OFF: "handed off|assigned",
    SAL: "sal|sales accepted lead|accepted",
    SQL: "sql|sales qualified lead|opportunity",
    CUSTOMER: "won|closed won|customer",
    LOST: "lost|closed lost",
    NURTURE: "nurture|recycled",
    DISQUALIFIED: "disqualified|unqualified lead",
    way.REJECTED: "rejected",
}
_MEANS = {word: stage for stage, words in WORDS.items() for word in words.split("|")}
_MOMENTS: dict[str, str] = {
    "became_mql_at": MQL,
    "handed_off_at": HANDED_OFF,
    "accepted_at": SAL,
    "qualified_at": SQL,
}
_NAMES = {stage: name for name, stage in _MOMENTS.items()}
_CLOSES = {"won_at": CUSTOMER, "lost_at": LOST, "disqualified_at": DISQUALIFIED}


class Contradiction(Rejected):
    """The row says two things; the message says which."""


def run(job, *, now, trial=None):
    reader = Reader(job, KINDS[job.kind].typed, now=now)
    take = partial(_take, job, reader, now=now)
    rowwise.run(job, reader, take, partial(_keys, job), trial)


def _keys(job, lines):
    persons = {}
    for place, line in enumerate(lines):
        with suppress(Rejected):
            persons[place] = _person(line.said)
    named = people.keys_of(job, list(persons.values()))
    found = dict(zip(persons, named, strict=True))
    return [found.get(place, []) for place in range(len(lines))]


def _take(job, reader, lines, *, now):
    """A row that is refused must leave nothing behind: what the others bring is written again."""
    going = lines
    while found := [(line, *one) for line in going if (one := _told(line, reader, job))]:
        with transaction.atomic():
            people.admit(job, [(line, person) for line, _, person in found])
            if not any(line.refusal for line, *_ in found):
                _write(job, found, now)
            refused = any(line.refusal for line, *_ in found)
            if refused:
                transaction.set_rollback(True)
        if not refused:
            return
        going = [line for line, *_ in found if not line.refusal]


def _write(job, found, now):
    edits = people.bring(job, [person for *_, person in found], now=now)
    for line, past, person in found:
        people.answer(line, person)
        if not line.refusal:
            past.lead_id, past.is_new = person.lead.pk, person.outcome == "created"
    going = [(line, past, person) for line, past, person in found if not line.refusal]
    history.remember([past for _, past, _ in going], now=now, details={"import": job.pk})
    for line, past, person in going:
        if past.refusal:
            line.refuse(past.refusal.message)
        line.outcome = person.outcome if person.outcome != "unchanged" else past.outcome
        line.changed = edits.pop(past.lead_id, {}) | _moved(past)
    rowwise.changed(job, Subject.EVENT, [_noted(past) for _, past, _ in going if past.events])


def _moved(past):
    """For a sample of a dry run."""
    if not past.events:
        return {}
    first, last = past.events[0].source, past.events[-1].target
    return {"history.stage": (Stage(first).label, Stage(last).label)}


def _noted(past):
    """One change for all moves of a pass: half of them put back would be no state of a lead."""
    events = [event.pk for event in past.events]
    return events[0], None, {"lead": past.lead_id, "events": events}


def _told(line, reader, job):
    """(the Past of a row, whose it is), or None with its refusal."""
    said = line.said
    try:
        past = _past({t.removeprefix("history."): v for t, v in said.items()}, reader, job)
        return past, _person(said)
    except Rejected as error:
        line.refuse(error)
        return None


def _person(said):
    return people.person(said, external_id=said.get("history.opportunity", ""))


def _past(said, reader, job):
    moments: dict[str, datetime] = {
        stage: said[name] for name, stage in _MOMENTS.items() if name in said
    }
    stage = _stage(said)
    past = Past(
        lead_id=0,
        moments=moments,
        stage=stage,
        reason=_code(said.get("reason", "")),
        key=said.get("opportunity", ""),
        first_contact_at=said.get("first_contact_at"),
    )
    closes = [at for name in ("closed_at", *_CLOSES) if (at := said.get(name))]
    deal = {name: said[name] for name in ("product", "amount", "expected_close_on") if name in said}
    if "currency" in said:
        deal["currency"] = _currency(said["currency"])
    if way.ended(past) in way.ENDS and closes:
        moments["closed"] = max(closes)
    elif closes and way.ended(past):
        # An open opportunity: when it is expected to close.
        deal.setdefault("expected_close_on", max(closes).date().isoformat())
    elif closes:
        raise Contradiction("It is closed, but nothing says how: won, lost or disqualified.")
    past.deal = deal
    past.owner = _owner(said, way.ended(past), reader, job)
    return past


def _stage(said):
    closed = [stage for name, stage in _CLOSES.items() if name in said]
    if len(closed) > 1:
        raise Contradiction("It has more than one end: won, lost or disqualified.")
    word = said.get("stage", "")
    if not word:
        return closed[0] if closed else ""
    stage = _MEANS.get(re.sub(r"[\W_]+", " ", word).strip().lower())
    if stage is None:
        raise Contradiction(
            f"“{word[:60]}” is no stage; say on the mapping what it means, such as sql or won."
        )
    if closed and closed[0] != stage:
        raise Contradiction(f"It says “{word[:60]}”, and when it was {closed[0].label.lower()}.")
    if beyond := [later for later in way.beyond(stage) if _NAMES[later] in said]:
        raise Contradiction(f"It says “{word[:60]}”, and when it was {beyond[0].label}.")
    return stage


def _owner(said, end, reader, job):
    """The user of this address; the importing person for what is open and names nobody."""
    email = said.get("owner", "")
    owner = reader.user(email) if email else None
    if end not in way.OWNED or owner:
        return owner
    if email:
        raise Contradiction(f"Nobody who works here has the address {email}; an open {end.upper()}"
                            " needs an owner.")  # fmt: skip
    by = job.created_by
    if by and (by.is_rep or by.is_manager):
        return by
    raise Contradiction(f"An open {end.upper()} needs an owner; map a column to the owner's email.")


def _code(words):
    """A reason as a code; the words of the other system where nobody mapped them."""
    return re.sub(r"[\W_]+", "_", words.strip().lower()).strip("_")[:40]


def _currency(text):
    if not re.fullmatch("[A-Za-z]{3}", text):
        raise Contradiction(f"“{text}” is no currency such as EUR.")
    return text.upper()
