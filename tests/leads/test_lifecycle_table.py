"""The lifecycle as a table: transition × stage × role is allowed or refused, one or many at once.

The expectation is written by hand from the domain's table, not read from the machine.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import roles
from handoff.models import BantAnswer, Discovery, Handoff, Opportunity
from leads import cycles
from leads.lifecycle import Stage
from leads.models import Cycle, FieldChange, Lead, LeadEvent
from leads.perform import perform, perform_many, transitions
from leads.refusals import Conflict, Forbidden, Refusal
from tests.factories import RepFactory, UserFactory
from tests.story import a_lead, agreement_in_force

pytestmark = pytest.mark.django_db

MARKETING, MANAGERS, SALES = {"marketer"}, {"manager"}, {"assignee", "teammate", "stranger"}
OWNER = {"assignee"} | MANAGERS
BY_MARKETING = MARKETING | MANAGERS
RECEIVER = OWNER  # an offer to one person; the offer to a team is tested apart

# {transition: {stage it starts from: who may}}; all other pairs are a conflict.
TABLE = {
    "qualify": dict.fromkeys(["unqualified", "nurture"], BY_MARKETING | {"system"}),
    "demote": {"mql": BY_MARKETING | {"system"}},
    "hand_off": {"mql": BY_MARKETING | {"system"}},
    "recall": {"handed_off": BY_MARKETING},
    "reassign": dict.fromkeys(["handed_off", "sal", "sql"], MANAGERS | {"system"}),
    "accept": {"handed_off": RECEIVER},
    "reject": {"handed_off": RECEIVER},
    "claim": dict.fromkeys(["unqualified", "mql", "nurture"], SALES | MANAGERS),
    "qualify_sales": {"sal": OWNER},
    "recycle": {"mql": BY_MARKETING} | dict.fromkeys(["sal", "sql", "lost"], OWNER),
    "wake": {"nurture": {"system"}},
    # The system only where a person is erased (docs/decisions/015-erasing.md).
    "disqualify": dict.fromkeys(["unqualified", "mql", "nurture"], BY_MARKETING | {"system"})
    | dict.fromkeys(["handed_off", "sal"], OWNER | {"system"}),
    "win": {"sql": OWNER},
    "lose": {"sql": OWNER | {"system"}},
    "reopen": dict.fromkeys(["disqualified", "lost"], MANAGERS),
    "reengage": dict.fromkeys(["customer", "lost", "disqualified"], BY_MARKETING | {"system"}),
}
TARGET = {
    "qualify": "mql",
    "demote": "unqualified",
    "hand_off": "handed_off",
    "recall": "mql",
    "accept": "sal",
    "reject": "nurture",
    "claim": "sal",
    "qualify_sales": "sql",
    "recycle": "nurture",
    "wake": "mql",
    "disqualify": "disqualified",
    "win": "customer",
    "lose": "lost",
    "reopen": "unqualified",
    "reengage": "mql",
}
ROLES = ["marketer", "assignee", "teammate", "stranger", "manager", "success", "system"]
NOTE = "a note that is long enough"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The people and two leads in every stage, made once; each test rolls its moves back."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = _people()
        now = timezone.now()
        pairs = {stage: [lead_in(stage, people, now) for _ in range(2)] for stage in Stage.values}
        yield people, pairs, now
        transaction.set_rollback(True)


def _people():
    agreement_in_force()
    assignee = RepFactory()
    return {
        "marketer": UserFactory(),
        "assignee": assignee,
        "teammate": RepFactory(team=assignee.team),
        "stranger": RepFactory(),
        "manager": UserFactory(role=roles.MARKETING_MANAGER),
        "success": UserFactory(role=roles.CUSTOMER_SUCCESS),
        "system": None,
    }


def test_the_table_names_every_transition():
    assert TABLE.keys() | {"undo"} == transitions().keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_only_the_right_people_move_a_lead(name, role, world):
    people, pairs, now = world
    args = said(name, people, now)
    singles = {stage: pair[0] for stage, pair in pairs.items()}
    many = {stage: pair[1] for stage, pair in pairs.items()}

    outcome = perform_many(many.values(), name, by=people[role], now=now, **args)

    for stage, lead in singles.items():
        before = facts(lead)
        refusal = attempt(lead, name, people[role], now, args)
        in_bulk = outcome.refused.get(many[stage].pk)
        assert type(in_bulk) is type(refusal), (stage, in_bulk, refusal)
        if stage not in TABLE[name]:
            assert isinstance(refusal, Conflict), stage
        elif role not in TABLE[name][stage]:
            assert isinstance(refusal, Forbidden), stage
        else:
            assert refusal is None, (stage, refusal)
            for moved in (lead, many[stage]):
                assert_moved_once(moved, name, stage, people[role], now)
            continue
        assert facts(lead) == before, "a refused move changed something"
        assert str(refusal)
    assert cycles.differing([one.pk for one in singles.values()]) == []
    assert cycles.differing([one.pk for one in many.values()]) == []


def test_an_offer_to_a_team_may_be_taken_by_any_of_its_reps(world):
    people, _pairs, now = world
    for role, allowed in [("teammate", True), ("stranger", False), ("marketer", False)]:
        lead = lead_in("mql", people, now)
        team = people["assignee"].team
        perform(lead, "hand_off", by=None, now=now, to_team=team, offer_to_team=True)
        refusal = attempt(lead, "accept", people[role], now, said("accept", people, now))
        assert (refusal is None) == allowed, (role, refusal)


def test_an_unknown_name_is_no_transition(world):
    people, pairs, _now = world
    with pytest.raises(LookupError):
        perform(pairs["mql"][0], "delete", by=people["manager"])


def attempt(lead, name, by, now, args):
    try:
        perform(lead, name, by=by, now=now, **args)
    except Refusal as refusal:
        return refusal
    return None


def assert_moved_once(lead, name, source, by, now):
    events = LeadEvent.objects.filter(lead=lead, happened_at=now).select_related("actor")
    assert [(e.name, e.source, e.actor) for e in events] == [(name, source, by)]
    fresh = Lead.objects.get(pk=lead.pk)
    assert fresh.stage == events[0].target == TARGET.get(name, source)
    has_open = Cycle.objects.filter(lead=lead, outcome="open").exists()
    assert has_open == (fresh.stage in {"mql", "handed_off", "sal", "sql"})


def facts(lead):
    """Everything that a refused move must leave alone."""
    return (
        Lead.objects.filter(pk=lead.pk).values().get(),
        list(LeadEvent.objects.filter(lead=lead).values_list("pk", flat=True)),
        list(Cycle.objects.filter(lead=lead).values()),
        list(Handoff.objects.filter(lead=lead).values()),
        list(Opportunity.objects.filter(lead=lead).values()),
        FieldChange.objects.filter(subject_id=lead.pk, subject="lead").count(),
    )


def said(name, people, now):
    """Arguments with which every gate is content."""
    later = now + timedelta(days=2)
    return {
        "demote": {"reason": "other", "note": NOTE},
        "reassign": {"to_user": people["teammate"]},
        "accept": {"discovery_at": later},
        "claim": {"discovery_at": later},
        "reject": {"reason": "bad_timing", "until": later},
        "recycle": {"reason": "bad_timing", "until": later},
        "disqualify": {"reason": "suspect"},
        "qualify_sales": {"next_step_at": later},
        "win": {"amount": 1000},
        "lose": {"reason": "price"},
        "reopen": {"reason": "other", "note": NOTE},
    }.get(name, {})


def lead_in(stage, people, now):
    """A lead brought into `stage` through the front door; in sales it is the assignee's."""
    lead = a_lead()
    before = now - timedelta(hours=1)
    for name, by, extra in WAY[stage]:
        args = said(name, people, before) | {
            key: people[value] if key == "to_user" else value for key, value in extra.items()
        }
        perform(lead, name, by=people[by], now=before, **args)
        if name == "accept":
            hold_discovery(lead, people["assignee"], before)
    Lead.objects.filter(pk=lead.pk).update(hold="", hold_at=None, hold_until=None)
    return lead


def hold_discovery(lead, rep, at):
    Discovery.objects.create(lead=lead, by=rep, held_at=at, outcome="ready")
    BantAnswer.objects.bulk_create(
        BantAnswer(lead=lead, question=q, value="yes", by=rep, recorded_at=at)
        for q in BantAnswer.Question.values
    )


_MQL = [("qualify", "system", {})]
_OFFERED = [*_MQL, ("hand_off", "marketer", {"to_user": "assignee"})]
_SAL = [*_OFFERED, ("accept", "assignee", {})]
_SQL = [*_SAL, ("qualify_sales", "assignee", {})]
WAY = {
    "unqualified": [],
    "mql": _MQL,
    "handed_off": _OFFERED,
    "sal": _SAL,
    "sql": _SQL,
    "customer": [*_SQL, ("win", "assignee", {})],
    "nurture": [*_MQL, ("recycle", "marketer", {})],
    "disqualified": [("disqualify", "marketer", {})],
    "lost": [*_SQL, ("lose", "assignee", {})],
}
