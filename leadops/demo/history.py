"""Half a year of work, day by day, through the live path under a simulated clock.

Marketing reviews in the morning, sales decides and calls in the afternoon, the scorer runs after
each. Yesterday's and today's work is left undone: that is what the demo begins with.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from handoff import agreements, bant, breaches, overdue, starters
from handoff.judging import judge_stale, tick
from handoff.models import BantAnswer, Discovery, Handoff
from handoff.waking import wake_due
from leadops.demo import answers, corrections, forms, names
from leadops.demo.market import Market
from leads import activities
from leads.changes import recording
from leads.lifecycle import HANDED_OFF, MQL, SAL, SQL, UNQUALIFIED
from leads.models import Activity, Lead
from leads.perform import perform, perform_many
from leads.undo import undo_group

DAYS = 182
SECOND_MODEL_ON = 100  # the day on which the second agreement and model come into force
CORRECTED_ON = 120  # when marketing says that one scanner was a person, and one visitor none
OVERRIDDEN_ON = 130  # when a manager lets in somebody whom no path of the agreement lets in


class History:
    """`leads`: how many come in over the half year that ends at `now`."""

    def __init__(self, people, *, now, leads=2_000, seed=7):
        self.people, self.now, self.random = people, now, Random(seed)  # noqa: S311
        since = (now - timedelta(days=DAYS)).date()
        self.market = Market(self.random, doubling=Random(seed), since=since)  # noqa: S311
        self.answering = Random(seed)  # noqa: S311  (of its own: it changes nothing else)
        self.sending = Random(seed)  # noqa: S311  (likewise)
        self.persons, self.total = {}, leads

    def live(self, say=lambda day: None):
        """Live through every day; one transaction a day."""
        first = (self.now - timedelta(days=DAYS)).date()
        for day in range(DAYS + 1):
            with transaction.atomic():
                self._live_a_day(day, first + timedelta(days=day))
            say(day)

    def _live_a_day(self, day, date):
        morning = timezone.make_aware(datetime.combine(date, time(7, self.random.randint(0, 50))))
        at = [min(morning + timedelta(hours=h), self.now) for h in (0, 2, 3, 6, 8)]
        early = at[0] - timedelta(hours=1)
        if day == 0:
            corrections.define_halls()
            forms.open_forms(self.market.campaigns)
            self._sign(self._first_agreement(), early)
        if day == SECOND_MODEL_ON:
            self._sign(self._second_agreement(), early)
        wake_due(early)
        with recording("demo", at[0]):
            self._market_moves(day, at[0])
            if DAYS - day < forms.LATELY.days:
                forms.fill_in(self.sending, at[0])
        if day == CORRECTED_ON:
            self._correct_classes(at[0])
        corrections.put_right(self.random, at[0])
        tick()
        judge_stale(at[0])
        if day == OVERRIDDEN_ON:
            self._override(at[0])
        last = DAYS - day < 3  # work that nobody has got round to yet, whatever day it is today
        if last or date.weekday() < 5:
            self._call_back(at[0], share=0.5 if last else 0.93)
            self._review(at[1], share=0.35 if last else 0.94)
            self._answer(at[1], last)
            self._decide(at[2], share=0.15 if last else 0.85)
            self._call(at[3], share=0.5 if last else 1)
            self._close(at[4])
        self._look_at_clocks(at[4])

    def _look_at_clocks(self, now):
        """What nobody decided in time goes to somebody else."""
        breaches.sweep(now)
        overdue.sweep(now)

    def _market_moves(self, day, now):
        """New leads (more of them as the months go by), what they do, and corrected facts."""
        wanted = int(self.total * ((day + 1) / (DAYS + 1)) ** 1.15)
        while len(self.persons) < wanted:
            person = self.market.arrival(now)
            self.persons[person.lead_id] = person
        young = [p for p in self.persons.values() if now - p.born_at < timedelta(days=45)]
        active = [p for p in young if self.random.random() < 0.06 + 0.25 * p.warmth**2]
        activities.record(done for person in active for done in self.market.visits(person, now))
        for person in self.random.sample(young, min(len(young), 2)):
            self.market.edit(person.lead_id)

    def _correct_classes(self, now):
        """A colleague shared the links on a big screen; and who counts our visitors is no lead."""
        mails = Activity.objects.filter(kind="email_click", actor_class="suspected")
        visits = Activity.objects.filter(kind="page_view", actor_class="human")
        for found, actor_class in ((mails, "human"), (visits, "bot")):
            if row := found.order_by("-pk").first():
                activities.reclassify(row, actor_class, by=self.people["Ivana"], now=now)

    def _override(self, now):
        """The best of those who have no path, for want of points and of nothing else."""
        left = Lead.objects.filter(stage=UNQUALIFIED, hold="", do_not_contact=False)
        fine = left.filter(company__relationship="prospect").exclude(consent_basis="")
        best = fine.order_by("-score", "pk")[:1]
        said = {"reason": "met at the fair", "note": "Wants a visit before the summer."}
        perform_many(best, "qualify", by=self.people["Marta"], now=now, **said)

    def _review(self, now, share):
        """Marketing's morning: most are handed off, some nurtured or turned down."""
        self._fill_in(now)
        piles = {"hand_off": [], "recycle": [], "disqualify": []}
        for lead in Lead.objects.filter(stage=MQL).order_by("-score", "pk"):
            if self.random.random() < share:
                name = self.random.choices(list(piles), [86, 10, 4])[0]
                piles[name].append(lead.pk)
        by = [self.people["Ivana"], self.people["Jonas"]]
        for name, ids in piles.items():
            for turn, marketer in enumerate(by):
                later = now + timedelta(minutes=self.random.randint(0, 90))
                some, at = ids[turn::2], min(later, self.now)
                perform_many(some, name, by=marketer, now=at, **_SAID.get(name, {}))

    def _fill_in(self, now):
        """What sales wants to know and the form did not ask is looked up within two days."""
        known_by_now = Lead.objects.filter(stage=MQL, stage_at__lte=now - timedelta(days=2))
        with recording("demo", now):
            for pk, country in known_by_now.filter(phone="").values_list("pk", "country"):
                Lead.objects.filter(pk=pk).update(phone=self.market.phone(country))

    def _answer(self, now, last):
        """Marketing says something to what came back; sales settles yesterday's disputes."""
        if last:
            said = {"share": 0.3, "disputed": 0.5}
        else:
            said = {"share": 0.97, "disputed": 0.04}
            answers.settle_disputes(self.people, self.answering, now)
        answers.answer_waiting(self.people, self.answering, now, **said)

    def _call_back(self, now, share):
        """Who asked to be contacted is called before anything else."""
        raised = {"handoffs__state": "pending", "handoffs__kind": Handoff.Kind.HAND_RAISE}
        for lead in self._with_rep(HANDED_OFF, now + timedelta(minutes=1)).filter(**raised):
            at = min(now + timedelta(minutes=self.random.randint(2, 25)), self.now)
            if self.random.random() <= share:
                facts = {"lead": lead, "kind": "call", "by": lead.owner, "source": "sales"}
                activities.record([Activity(happened_at=at, recorded_at=at, **facts)])
                self._take_or_leave(lead, at)

    def _decide(self, now, share):
        """Sales decides on yesterday's offers; a misclick is undone now and then."""
        for lead in self._with_rep(HANDED_OFF, now):
            if self.random.random() <= share:
                self._take_or_leave(lead, self._minutes_after(now))

    def _take_or_leave(self, lead, at):
        rep = lead.owner
        if self.random.random() < 0.3 + 0.65 * self.persons[lead.pk].warmth:
            call = at + timedelta(days=self.random.randint(1, 4))
            perform(lead, "accept", by=rep, now=at, discovery_at=call)
            if self.random.random() < 0.01:
                undo_group(lead, by=rep, now=at + timedelta(seconds=6))
        else:
            self._reject(lead, rep, at)

    def _reject(self, lead, rep, at):
        code = self.random.choices(list(_REJECTS), list(_REJECTS.values()))[0]
        said = {"reason": code, "note": names.NOTES.get(code, "")}
        if code == "bad_timing":
            until = at + timedelta(days=self.random.randint(20, 120))
            said |= {"detail": "contract", "until": until}
        if code == "other":
            said["goes_to"] = "nurture"
        outcome = perform_many([lead], "reject", by=rep, now=at, **said)
        if outcome.refused:  # misrouted, and nobody else could take it
            perform(lead, "reject", by=rep, now=at, reason="low_intent")

    def _call(self, now, share):
        """Discovery calls of the day: BANT, then what their outcome causes."""
        for lead in self._with_rep(SAL, now).filter(due_at__lte=now):
            if self.random.random() > share:
                continue
            warmth, at, rep = self.persons[lead.pk].warmth, self._minutes_after(now), lead.owner
            outcome = self.random.choices(_OUTCOMES, [20 + 90 * warmth, 35, 10, 22])[0]
            Discovery.objects.create(
                lead=lead, by=rep, held_at=at, outcome=outcome, notes="", right_contact=True
            )
            self._record_bant(lead, rep, at, ready=outcome == "ready")
            tomorrow = at + timedelta(days=self.random.randint(1, 6))
            if outcome == "ready":
                amount = Decimal(self.random.randint(8, 60) * 500)
                perform(lead, "qualify_sales", by=rep, now=at, next_step_at=tomorrow, amount=amount)
            elif outcome == "nurture":
                until = at + timedelta(days=self.random.randint(20, 90))
                perform(lead, "recycle", by=rep, now=at, reason="bad_timing", until=until)
            elif outcome == "suspect":
                perform(lead, "disqualify", by=rep, now=at, reason="suspect", detail="no_need")
            else:
                Lead.objects.filter(pk=lead.pk).update(due_at=tomorrow)

    def _record_bant(self, lead, rep, at, *, ready):
        weights = [0, 0, 35, 65] if ready else [35, 30, 20, 15]
        said = {}
        for question in BantAnswer.Question.values:
            value = self.random.choices(BantAnswer.Value.values, weights)[0]
            if ready and question == "need":
                value = "yes"  # as the agreement asks
            evidence = names.EVIDENCE[question] if value in ("partly", "yes") else ""
            said[question] = (value, "stated", evidence)
        bant.record(lead, said, by=rep, now=at)

    def _close(self, now):
        """Deals that are ten days old end, one by one; the others get their next step."""
        for lead in self._with_rep(SQL, now):
            at, rep = self._minutes_after(now), lead.owner
            if lead.stage_at > now - timedelta(days=10) or self.random.random() > 0.12:
                if lead.due_at <= now and self.random.random() < 0.8:
                    next_step = at + timedelta(days=self.random.randint(2, 9))
                    Lead.objects.filter(pk=lead.pk).update(due_at=next_step)
                continue
            if self.random.random() < 0.1 + 0.55 * self.persons[lead.pk].warmth:
                amount = Decimal(self.random.randint(8, 60) * 500)
                perform(lead, "win", by=rep, now=at, amount=amount)
            else:
                reason = self.random.choice(["price", "competitor", "no_decision"])
                perform(lead, "lose", by=rep, now=at, reason=reason)

    def _with_rep(self, stage, now):
        leads = Lead.objects.filter(stage=stage, stage_at__lt=now, owner__isnull=False)
        return leads.select_related("owner").order_by("due_at", "pk")

    def _minutes_after(self, now):
        return min(now + timedelta(minutes=self.random.randint(1, 75)), self.now)

    def _sign(self, draft, at):
        agreements.sign(draft, by=self.people["Marta"], side="marketing", now=at)
        later = at + timedelta(minutes=20)
        agreements.sign(draft, by=self.people["Claire"], side="sales", now=later)

    def _first_agreement(self):
        """Marketing reviews by the hours of its office."""
        draft = starters.load("b2b_software")
        draft.calendar = self.people["Ivana"].team.calendar
        draft.save()
        return draft

    def _second_agreement(self):
        """What half a year taught: webinars say more than page views, until they are forgotten; who
        has many halls buys; and sixteen hours suffice."""
        draft = agreements.duplicate(agreements.in_force())
        for rule in draft.scoring_model.rules.all():
            if rule.condition.get("did") == "webinar":
                rule.points, rule.cap = Decimal(12), Decimal(24)
                rule.decay, rule.decay_days = "half_life", 60
                rule.save()
        many = {"field": "attr.halls", "op": "gte", "value": 5}
        draft.scoring_model.rules.create(
            kind="fit", name="Five halls or more", condition=many, points=4, order=20
        )
        draft.title, draft.decide_hours = "B2B software, second year", 16
        draft.goal, draft.goal_customers = f"360 new customers in {self.now.year}", 360
        draft.goal_from, draft.goal_until = date(self.now.year, 1, 1), date(self.now.year, 12, 31)
        draft.save()
        for measure, value in _PROMISED.items():
            draft.commitments.filter(measure=measure).update(value=value)
        return draft


_PROMISED = {"mqls": 180, "grade": 85, "rejected": 24, "attempts": 95}
_OUTCOMES = ["ready", "nurture", "suspect", "no_answer"]
_SAID = {
    "recycle": {"reason": "low_intent", "detail": "content_only"},
    "disqualify": {"reason": "suspect", "detail": "no_need"},
}
_REJECTS = Counter(
    bad_timing=26, low_intent=18, no_authority=14, no_budget=14, not_our_customer=12, misrouted=6,
    bad_data=5, other=5,
)  # fmt: skip
