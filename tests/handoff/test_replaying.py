"""Past moments judged again: each thing that has changed since is as it was then."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from handoff import agreements, judging, replaying
from handoff.models import Judgement
from leads import cycles
from leads.changes import recording
from leads.models import FieldChange, Lead, LeadEvent
from leads.past import stood
from leads.perform import perform
from leads.undo import undo_group
from scoring import recomputing
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW - timedelta(days=300), max_cycles=1)


def on_day(days):
    return NOW + timedelta(days=days)


def judged(*days):
    """The system judges everybody on these days."""
    for day in days:
        judging.tick()
        judging.judge_stale(on_day(day))


def asks(lead, day):
    at = on_day(day)
    ActivityFactory(lead=lead, kind="demo_request", happened_at=at, recorded_at=at)


def made():
    """{lead id: the day on which the system qualified it}"""
    events = LeadEvent.objects.filter(name="qualify", actor=None)
    return {event.lead_id: (event.happened_at - NOW).days for event in events}


def differences():
    found = [one for moment in replaying.moments() for one in replaying.replay(moment)[0]]
    return found + [o for moment in recomputing.moments() for o in recomputing.recompute(moment)[0]]


def given_back(reason, day, **said):
    """Rejected though it asks for a demo: only a hold keeps it out."""
    lead = story.handed_off(now=on_day(day - 1))
    asks(lead, day - 1)
    return perform(lead, "reject", by=lead.owner, now=on_day(day), reason=reason, **said)


def allows(cycles, day):
    """From that day on a second agreement allows more."""
    second = agreements.duplicate(agreements.in_force())
    second.max_cycles = cycles
    second.save()
    story.signed(second, now=on_day(day))


def test_who_was_held_is_held_again_though_the_hold_is_over_since():
    allows(5, day=-200)
    lead = given_back("low_intent", 0)
    dated = given_back("bad_timing", 0, until=on_day(6))
    wrong = given_back("bad_data", 0)
    judged(1, 2)
    asks(lead, 3)
    with recording(now=on_day(3)):
        Lead.objects.filter(pk=wrong.pk).update(phone="+49 561 555 0143")
    judged(4, 5, 7)
    assert made() == {lead.pk: 4, wrong.pk: 4, dated.pk: 7}
    assert set(Lead.objects.values_list("hold", flat=True)) == {""}
    assert differences() == []


def test_the_cycles_and_the_agreement_of_then_count():
    lead = given_back("low_intent", 0)
    asks(lead, 1)
    judged(2)  # one cycle already, which is all that the first agreement allows
    allows(2, day=3)
    assert [agreements.in_force_at(on_day(day)).version for day in (2.9, 3, 9)] == [1, 2, 2]
    judged(4, 5)
    assert made() == {lead.pk: 4}
    assert differences() == []


def test_a_lead_stands_where_it_stood_before_it_was_undone():
    allows(5, day=-200)
    lead = given_back("bad_timing", 0, until=on_day(20))
    undo_group(lead, by=who_rejected(lead), now=NOW + timedelta(seconds=6))
    then = stood(NOW + timedelta(seconds=3)).get(pk=lead.pk)
    assert (then.then_stage, then.then_hold) == ("nurture", "date")
    assert (then.then_hold_at, then.then_hold_until) == (NOW, on_day(20))
    before = stood(NOW).get(pk=lead.pk)
    assert (before.then_stage, before.then_hold_at) == ("handed_off", None)
    now = stood(on_day(1)).get(pk=lead.pk)
    assert (now.then_stage, now.then_hold) == ("handed_off", "")


def test_a_cycle_counts_until_it_was_undone():
    marketer, group = UserFactory(), uuid4()
    lead = story.a_lead()
    perform(lead, "qualify", by=marketer, now=NOW, group=group)
    lead = perform(lead, "hand_off", by=marketer, now=NOW, group=group, to_user=RepFactory())
    undo_group(lead, by=marketer, now=NOW + timedelta(seconds=6))
    moments = [NOW + timedelta(seconds=n) for n in (0, 3, 6, 7)]
    assert [len(list(cycles.folded([lead.pk], before=at))) for at in moments] == [0, 1, 1, 0]


def who_rejected(lead):
    return LeadEvent.objects.filter(lead=lead, name="reject").get().actor


def test_a_rule_on_the_stage_is_judged_before_the_move_that_it_causes():
    """The score that let a lead in is from before it was in."""
    draft = agreements.duplicate(agreements.in_force())
    for kind in ("fit", "engagement"):
        outside = {"stage": "is_in", "in": ["unqualified"]}
        draft.scoring_model.rules.create(kind=kind, condition=outside, points=60)
    story.signed(draft, now=on_day(-1))
    lead = LeadFactory(created_at=on_day(-1))
    judged(0)
    assert made() == {lead.pk: 0}
    assert LeadEvent.objects.get().score == 120
    assert differences() == []


def test_who_asked_for_silence_is_known_at_that_moment_and_so_is_the_undo():
    lead = given_back("do_not_contact", 0)
    undo_group(lead, by=who_rejected(lead), now=NOW + timedelta(seconds=6))
    changes = FieldChange.objects.filter(field="do_not_contact").order_by("id")
    assert [(one.new, one.recorded_at) for one in changes] == [
        (True, NOW),
        (False, NOW + timedelta(seconds=6)),
    ]


def test_a_judgement_is_kept_also_when_nobody_qualified():
    lead = LeadFactory(created_at=NOW)
    judged(0)
    assert [(one.at, one.leads) for one in Judgement.objects.all()] == [(NOW, [lead.pk])]
    assert replaying.replay(NOW) == ([], 0, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Judgement.objects.all().delete()


@pytest.mark.parametrize(
    ("day", "stage", "why"),
    [
        (-301, "unqualified", "no agreement was in force"),
        (0, "unqualified", "no path holds with 4.00 D4"),
        (0, "customer", "the stage was customer"),
    ],
)
def test_a_qualification_that_nothing_gives_back_is_named_with_its_reason(day, stage, why):
    said = {"path": "band", "origin": "system", "agreement": 1, "model": 1}
    event = LeadEvent.objects.create(
        lead=LeadFactory(created_at=on_day(-400)), name="qualify", source="unqualified",
        target="mql", happened_at=on_day(day), score=80, grade="A1",
        details=said | {"before": {"stage": stage, "hold": ""}},
    )  # fmt: skip
    history = "qualified by “band” (system) with 80.00 A1, agreement v1, model v1"
    (found,), compared, leads = replaying.replay(event.happened_at)
    assert (found.history, found.replay, compared, leads) == (history, why, 1, 1)
