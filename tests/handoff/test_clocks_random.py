"""Whatever people do in whatever order, no late offer goes untold, and none is told of twice."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Absence
from accounts.roles import SALES_MANAGER
from handoff import breaches, clocks
from handoff.checking import problems
from handoff.models import Handoff, Pause
from leads.models import Lead, LeadEvent
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory, WorkCalendarFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# Just before the clocks go back.
START = datetime(2026, 10, 23, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
STEPS, LEADS = 120, 6


class History:
    """People and a clock. `seen`: what happened, to know that the test is no tautology."""

    def __init__(self, seed):
        self.random, self.now, self.seen = Random(seed), START, Counter()
        story.agreement_in_force(now=START, decide_hours=6, touch_minutes=90)
        office, lunch = (
            WorkCalendarFactory(),
            WorkCalendarFactory(
                hours=[("08:30", "12:30"), ("13:15", "17:00")], time_zone="Asia/Kolkata"
            ),
        )
        self.team = TeamFactory(calendar=office)
        self.reps = [RepFactory(team=self.team), RepFactory(team=self.team, calendar=lunch)]
        self.reps += [RepFactory(team=TeamFactory()), RepFactory(team=self.team)]
        self.marketer, self.manager = UserFactory(), UserFactory(role=SALES_MANAGER)
        self.leads = [story.an_mql(now=START).pk for _ in range(LEADS)]

    def step(self):
        self.now += timedelta(minutes=self.random.choice([1, 20, 60, 60, 180, 400]))
        ways = [self.offer, self.decide, self.take_back, self.hold, self.go, self.come, self.touch]
        [way] = self.random.choices(ways, [8, 3, 1, 2, 2, 1, 1])
        try:
            way()
            self.seen[way.__name__] += 1
        except Refusal:
            self.seen["refused"] += 1
        if self.random.random() < 0.5:
            breaches.sweep(self.now)

    def offer(self):
        said = self.random.choice(
            [
                {"to_user": self.random.choice(self.reps)},
                {"to_team": self.team, "offer_to_team": True},
                {},
            ]
        )
        said["kind"] = self.random.choice(["hand_raise", "automatic", "other"])
        lead = self._lead(stage__in=["mql", "handed_off"])
        name, by = ("hand_off", self.marketer), ("reassign", self.manager)
        name, by = name if lead.stage == "mql" else by
        perform(lead, name, by=by, now=self.now, **said)

    def decide(self):
        lead = self._lead(stage="handed_off")
        rep = lead.owner or self.reps[0]
        if self.random.random() < 0.5:
            said = {"discovery_at": self.now + HOUR}
            perform(lead, "accept", by=rep, now=self.now, **said)
        else:
            perform(lead, "reject", by=rep, now=self.now, reason="misrouted")

    def take_back(self):
        perform(self._lead(stage="handed_off"), "recall", by=self.marketer, now=self.now)

    def hold(self):
        handoff = Handoff.objects.get(lead=self._lead(stage="handed_off"), state="pending")
        if handoff.due_at > self.now and not hasattr(handoff, "pause"):
            until = self.now + self.random.randint(1, 30) * HOUR
            said = {"reason": "At a fair", "by": self.manager}
            Pause.objects.create(handoff=handoff, starts_at=self.now, ends_at=until, **said)

    def go(self):
        begin = self.now + self.random.randint(-5, 30) * HOUR
        span = {"starts_at": begin, "ends_at": begin + self.random.randint(1, 70) * HOUR}
        Absence.objects.create(user=self.random.choice(self.reps), **span)

    def come(self):
        Absence.objects.filter(user=self.random.choice(self.reps)).delete()

    def touch(self):
        Handoff.objects.filter(lead=self._lead(stage="sal")).update(touched_at=self.now)

    def _lead(self, **stage):
        found = list(Lead.objects.filter(pk__in=self.leads, **stage).select_related("owner"))
        if not found:
            raise Refusal("nobody is there")
        return self.random.choice(found)


@pytest.mark.parametrize("seed", range(3))
def test_no_offer_is_late_without_its_breach_and_none_has_two(seed):
    history = History(seed)
    for _ in range(STEPS):
        history.step()
    breaches.sweep(history.now)
    before = LeadEvent.objects.count()
    breaches.sweep(history.now)
    assert LeadEvent.objects.count() == before

    told = Counter(LeadEvent.objects.filter(name="breached").values_list("details__handoff"))
    for handoff in Handoff.objects.filter(state="pending"):
        assert (handoff.due_at <= history.now) <= (told[handoff.pk,] == 1)
        assert handoff.warned == 100 or handoff.due_at == computed(handoff)
    over = Handoff.objects.filter(warned=100).values_list("pk")
    assert told == Counter(over)
    warned = LeadEvent.objects.filter(name="warned")
    marks = Counter(warned.values_list("details__handoff", "details__percent"))
    assert set(marks.values()) <= {1}
    assert passed_on_to_nobody_twice()
    assert problems() == []
    assert told  # it was not idle
    assert marks
    assert len(history.seen) >= 5, history.seen


def computed(handoff):
    receiver = handoff.to_user or handoff.to_team
    schedule = clocks.schedules_of({receiver}, None)[receiver]
    pauses = clocks.pauses_of(handoff)
    return clocks.deadline(schedule, handoff.created_at, handoff.allowed, pauses)


def passed_on_to_nobody_twice():
    """By the system: people may choose whom they like, and a whole team is nobody."""
    had: dict = {}
    for handoff in Handoff.objects.select_related("event").order_by("pk"):
        theirs = had.setdefault(handoff.lead_id, set())
        if handoff.event.name == "reassign" and handoff.event.actor_id is None:
            assert handoff.to_user_id is None or handoff.to_user_id not in theirs
        if handoff.state in ("lapsed", "rerouted", "rejected"):
            theirs.add(handoff.to_user_id)
    return True
