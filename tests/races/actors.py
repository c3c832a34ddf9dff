"""People and schedulers who do anything at any moment, for tests of the laws in parallel."""

import traceback
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random

import django_fsm as fsm
from django.utils import timezone

from accounts.models import Team, User
from handoff import breaches, inbox, overdue
from handoff.judging import judge_stale
from handoff.models import BantAnswer, Discovery, Reason
from handoff.waking import wake_due
from leadops import celery_app
from leads.capture import capture
from leads.lifecycle import MOVES_WITH_REASON
from leads.models import Activity, Lead
from leads.perform import perform, perform_many, sources, transitions
from leads.refusals import Refusal
from leads.undo import undo_group
from tests.races.work import NOTE, WORK


def act(seed, told):
    """Random actions until somebody puts a file `stop` beside `told`, which gets a line for each:
    its name, the name of its refusal, or "error" with what nobody expected."""
    celery_app.conf.task_always_eager = False  # a reaction never runs inside the transaction
    # What fails is an error here.
    breaches._try, overdue._try = (lambda act: act()), overdue._note
    actor = Actor(seed)
    with told.open("w", buffering=1) as file:
        while not (told.parent / "stop").exists():
            file.write(f"{_one(actor)}\n")


def _one(actor):
    try:
        return actor.act()
    except Refusal as refusal:
        return type(refusal).__name__
    except Exception:
        return f"error: {actor.doing}: {traceback.format_exc()!r}"


class Actor:
    def __init__(self, seed):
        self.random = Random(seed)
        self.users = list(User.objects.select_related("team").order_by("pk"))
        self.leads = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
        self.codes = _codes()
        self.doing = ""

    def act(self):
        """One action; returns its name when it came to something."""
        ways = [
            self.move,
            self.sensible_move,
            self.take_back,
            self.move_many,
            self.learn,
            self.look,
            self.sweep,
        ]
        weights = [4, 8, 3, 2, 2, 1, 1, *WORK.values()]
        ways += [partial(work, self) for work in WORK]
        [way] = self.random.choices(ways, weights)
        self.doing = str(way)
        return way()

    def move(self):
        """Anything by anybody with any arguments."""
        name = self.random.choice([*transitions()])
        perform(self.random.choice(self.leads), name, by=self.anybody(), **self.said(name))
        return name

    def sensible_move(self):
        """What the stage allows by who probably may, so that leads get far."""
        lead = Lead.objects.get(pk=self.random.choice(self.leads))
        names = [name for name in transitions() if lead.stage in sources(name)]
        name = self.random.choice([name for name in names if name != "undo"])
        may = [user for user in self.users if fsm.has_transition_perm(getattr(lead, name), user)]
        by = self.random.choice(may or [None])
        group = self.random.choice([None, None, "6a7f1e1c-9a53-4a0b-8f6b-5b2b6b1c2a11"])
        perform(lead, name, by=by, group=group, **self.said(name))
        return name

    def take_back(self):
        """The latest event, by who did it or by somebody else."""
        lead = Lead.objects.get(pk=self.random.choice(self.leads))
        event = lead.events.order_by("-pk").first()
        by = self.random.choice([event and event.actor, event and event.actor, self.anybody()])
        if self.random.random() < 0.5:
            undo_group(lead, by=by)
        else:
            perform(lead, "undo", by=by)
        return "undo"

    def move_many(self):
        name = self.random.choice([*transitions()])
        some = self.random.choices(self.leads, k=self.random.randint(1, 15))
        moved = perform_many(some, name, by=self.anybody(), **self.said(name)).moved
        return f"{name} many" if moved else "nobody moved"

    def learn(self):
        """What gates ask for: an activity, a discovery call, BANT; and newcomers."""
        lead, rep, now = (
            self.random.choice(self.leads),
            self.random.choice(self.users),
            timezone.now(),
        )
        if self.random.random() < 0.1:
            self.leads.append(capture(now=now, first_name="New", country="DE").pk)
        kind = self.random.choice(["page_view", "demo_request"])
        said = {"method": self.random.choice(["GET", "HEAD"])}  # so that classes change, too
        Activity.objects.create(
            lead_id=lead, kind=kind, happened_at=now, recorded_at=now, properties=said
        )
        outcome = self.random.choice(["ready", "ready", "ready", "no_answer"])
        Discovery.objects.create(lead_id=lead, by=rep, held_at=now, outcome=outcome)
        for question in BantAnswer.Question.values:
            BantAnswer.objects.create(
                lead_id=lead, question=question, value="yes", by=rep, recorded_at=now
            )
        return "learnt"

    def look(self):
        """Open the inbox; what is offered counts as seen."""
        user, now = self.random.choice(self.users), timezone.now()
        inbox.mark_seen(inbox.cards(user, "mine", now=now).rows, user, now)
        return "looked"

    def sweep(self):
        [sweep] = self.random.choices([self.judge, self.wake, self.run_out], [1, 1, 2])
        return sweep(timezone.now())

    def judge(self, _now):
        judge_stale()
        return "judged"

    def wake(self, now):
        wake_due(now + timedelta(days=self.random.randint(10, 60)))
        return "woke"

    def run_out(self, now):
        """Half of the time, or all of it, has passed for some of what waits."""
        later = now + timedelta(hours=self.random.choice([13, 20, 30, 24 * 40]))
        breaches.sweep(later)
        overdue.sweep(later)
        return "ran out"

    def anybody(self):
        return self.random.choice([*self.users, None])

    def said(self, name):
        """Arguments, mostly sound; at times missing, in the past, or of another transition."""
        later = timezone.now() + timedelta(days=self.random.choice([1, 3, 30, 30, 30, -1]))
        said = {
            "accept": {"discovery_at": later, "estimate": self.random.choice([None, 900])},
            "claim": {"discovery_at": later},
            "qualify_sales": {"next_step_at": later},
            "win": {"amount": self.random.choice([4000, Decimal("99.50"), None])},
            "reassign": {"to_user": self.random.choice([None, *self._reps()])},
            "hand_off": self.random.choice([{}, {"to_user": self.random.choice(self._reps())}]),
        }.get(name, {})
        if name == "hand_off" and self.random.random() < 0.3:
            said = {"to_team": Team.objects.first(), "offer_to_team": True}
        if name in MOVES_WITH_REASON or (name == "qualify" and self.random.random() < 0.5):
            offered_at = self.random.choice([name, name, name, "reject"])
            codes = self.codes.get(offered_at, self.codes["reject"])
            said = {"reason": self.random.choice(codes), "note": NOTE, "until": later}
            said |= self.random.choice([{}, {}, {"goes_to": "nurture"}, {"until": None}])
        if self.random.random() < 0.1:
            said = self.random.choice([{}, {"reason": "no such reason"}, {"note": NOTE}])
        self.doing = f"{name} {said}"
        return said

    def _reps(self):
        return [user for user in self.users if user.is_rep]


def _codes():
    """{transition: codes of the reasons that may be given with it}."""
    found = {}
    for code, offered_at in Reason.objects.order_by("pk").values_list("code", "offered_at"):
        for name in offered_at:
            found.setdefault(name, []).append(code)
    return found
