"""A Cycle is what its LeadEvents say, for any history; told here a second time, by stages alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import roles
from accounts.models import Team, User
from handoff.models import BantAnswer, Discovery
from leads import cycles
from leads.models import Cycle, Lead, LeadEvent
from leads.perform import perform, sources, transitions
from leads.refusals import Refusal
from tests.factories import RepFactory, UserFactory
from tests.story import a_lead, agreement_in_force

SALES = {"mql", "handed_off", "sal", "sql"}  # where a lead is while a cycle is open
OUTCOMES = {"customer": "won", "lost": "lost"}
NAMED = {"reject": "rejected", "recycle": "recycled", "demote": "demoted"}
REASONS = {"lose": "price", "disqualify": "suspect", "demote": "other", "reopen": "other"}
GIVEN_BACK = ["bad_timing", "bad_data", "suspect", "misrouted", "low_intent"]
STEPS = st.lists(st.integers(0, 10_000), min_size=5, max_size=25)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_stored_cycles_are_the_fold_of_the_events(steps):
    lead = lived(steps)
    stored = [told(cycle) for cycle in Cycle.objects.filter(lead=lead).order_by("number")]
    assert stored == passes(LeadEvent.objects.filter(lead=lead).order_by("pk"))
    assert cycles.differing([lead.pk]) == []


def passes(events):
    """The cycles of one lead as tuples, like `told`."""
    events = list(events)
    undone = {event.undoes_id for event in events}
    standing = [e for e in events if e.name != "undo" and e.pk not in undone and e.target]
    found = []
    for event in standing:
        was, now_in = event.source in SALES, event.target in SALES
        if not was and now_in:
            found.append([])
        if was or now_in:
            found[-1].append(event)
    return [_told_of(number, some) for number, some in enumerate(found, 1)]


def _told_of(number, events):
    offers = [e for e in events if e.target == "handed_off"]
    taken = [e for e in events if e.target == "sal" and e.source != "sal"]
    sold = [e for e in events if e.target == "sql" and e.source == "sal"]
    last = events[-1]
    over = last.target not in SALES
    outcome = OUTCOMES.get(last.target) or NAMED.get(last.name, "disqualified")
    first = events[0]
    origin = {"claim": "sales", "wake": "recycled"}.get(first.name)
    origin = origin or ("marketer" if first.actor_id else "system")
    return {
        "number": number,
        "origin": first.details.get("origin")
        or origin
        or ("marketer" if first.actor_id else "system"),
        "score": first.score,
        "opened_at": first.happened_at,
        "handed_off_at": offers[0].happened_at if offers else None,
        "handoffs": len(offers),
        "accepted_at": taken[-1].happened_at if taken else None,
        "accepted_by": taken[-1].details["owner"] if taken else None,
        "qualified_at": sold[-1].happened_at if sold else None,
        "closed_at": last.happened_at if over else None,
        "outcome": outcome if over else "open",
        "reason": last.reason if over else "",
        "amount": Decimal(last.details["amount"]) if last.name == "win" else None,
    }


def told(cycle):
    names = ["number", "origin", "score", "opened_at", "handed_off_at", "handoffs", "accepted_at"]
    names += ["qualified_at", "closed_at", "outcome", "reason", "amount"]
    return {name: getattr(cycle, name) for name in names} | {"accepted_by": cycle.accepted_by_id}


def lived(steps):
    """A lead that went through what the numbers choose, as far as it was let."""
    people, now = crowd(), timezone.now()
    lead = a_lead()
    for step in steps:
        now += timedelta(seconds=1 + step % 7)
        names = [n for n in transitions() if lead.stage in sources(n)]
        name = names[step % len(names)]
        by = latest_actor(lead) if name == "undo" else people[step // 50 % len(people)]
        try:
            lead = perform(
                lead,
                name,
                by=by if name != "wake" else None,
                now=now,
                **said(name, step, now, people),
            )
        except Refusal:
            lead = Lead.objects.get(pk=lead.pk)
        if lead.stage == "sal":
            prepare_for_sql(lead, now)
    return lead


def crowd():
    """A manager, who may do all but wake; a rep; a marketer; the system."""
    if not Team.objects.exists():
        agreement_in_force()
        RepFactory(team=RepFactory().team)
        UserFactory()
        UserFactory(role=roles.SALES_MANAGER)
    manager = User.objects.filter(groups__name=roles.SALES_MANAGER).first()
    rep = User.objects.filter(groups__name=roles.REP).first()
    marketer = User.objects.filter(groups__name=roles.MARKETER).first()
    return [manager, rep, manager, marketer, None, manager, rep]


def latest_actor(lead):
    event = lead.events.exclude(name="undo").filter(undone_by=None).order_by("-pk").first()
    return event and event.actor


def said(name, step, now, people):
    later = now + timedelta(days=2)
    reason = REASONS.get(name) or GIVEN_BACK[step % len(GIVEN_BACK)]
    given_back = {"reason": reason, "until": later, "note": "a note that is long enough"}
    return {
        "accept": {"discovery_at": later},
        "claim": {"discovery_at": later},
        "qualify_sales": {"next_step_at": later},
        "win": {"amount": [4000, Decimal("99.50")][step % 2]},
        "reassign": {"to_user": people[1]} if step % 2 else {},
        "qualify": given_back,
        "undo": {},
        "hand_off": {"to_user": people[1]} if step % 3 else {},
        "recycle": given_back | {"reason": "bad_timing"},
    }.get(name, given_back if name in {"reject", *REASONS} else {})


def prepare_for_sql(lead, now):
    rep = lead.owner
    Discovery.objects.create(lead=lead, by=rep, held_at=now, outcome="ready")
    for question in BantAnswer.Question.values:
        BantAnswer.objects.create(
            lead=lead, question=question, value="yes", by=rep, recorded_at=now
        )
