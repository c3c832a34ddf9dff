"""Whatever anybody does, every lead stands where a slow reference says."""

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from handoff import agreements, qualifying, reviewing, starters, waking
from handoff.bant import answers
from handoff.judging import judge_stale
from handoff.models import ReviewEntry
from leads.models import Lead
from leads.perform import perform
from leads.refusals import Refusal
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, UserFactory
from tests.handoff.test_reviewing import edit
from tests.races.actors import Actor
from tests.races.test_random_actions import hire

pytestmark = pytest.mark.django_db
LETTERS = ["fit_a", "fit_b", "fit_c"]
NUMBERS = ["engagement_1", "engagement_2", "engagement_3"]


def test_whatever_happens_every_lead_stands_where_the_reference_says():
    review_everything()
    hire()
    company = CompanyFactory()
    for _ in range(16):
        story.a_lead(company=company)
    judge_stale()
    actor, chance, seen = Actor(11), Random(12), set()
    for number in range(150):
        with suppress(Refusal):
            chance.choice([actor.act, lambda: anything(chance)])()
        assert reviewing.misplaced(timezone.now()) == []
        if number % 5 == 0:
            judge_stale()
            now, agreement = timezone.now(), agreements.in_force()
            stand = {e.lead_id: (e.view, e.score) for e in ReviewEntry.objects.all()}
            assert stand == dict(reference(agreement, now))
            seen |= {where for where, _score in stand.values()}
    assert len(seen) >= 5, seen


def review_everything():
    """A wide margin, and nobody is handed off without a review."""
    draft = starters.load("b2b_software")
    draft.paths.update(at_once=False)
    draft.margin = 25
    draft.save()
    story.signed(draft)


def anything(chance):
    """What no transition does: edits, what leads do; and who comes back when time has passed."""
    lead = chance.choice(Lead.objects.filter(stage__in=reviewing.REVIEWED).order_by("pk"))
    match chance.choice(["edit", "edit", "ask", "ask", "silence", "return"]):
        case "edit":
            edit(lead, phone=chance.choice(["", "+49 561 555"]))
        case "ask":
            ActivityFactory(lead=lead, kind="demo_request")
        case "silence":
            Lead.objects.filter(pk=lead.pk).update(do_not_contact=chance.random() < 0.6)
        case "return":
            perform(lead, "recycle", by=UserFactory(), reason="no_budget")
            waking.wake_due(timezone.now() + timedelta(days=200))


def reference(agreement, now):
    """(lead id, (view, score)) of each lead that stands somewhere, one lead after another."""
    for lead in Lead.objects.filter(stage__in=["mql", "unqualified"]):
        verdict = qualifying.verdicts(agreement, [lead.pk], now=now)[lead.pk]
        cycle = lead.cycles.filter(outcome="open").first()
        if where := _where(agreement, lead, verdict, cycle):
            yield lead.pk, (where, lead.score)


def _where(agreement, lead, verdict, cycle):
    if lead.stage == "unqualified":
        if verdict.path and verdict.veto:
            return "vetoed"
        free = verdict.released and not verdict.path and not verdict.veto
        return "near" if free and _grade(agreement, lead) in _wanted(agreement) else None
    known = [a for a in answers([lead.pk])[lead.pk].values() if a.value != "unknown"]
    facts = [one.fact for one in agreement.required.all()]
    if verdict.veto:
        return "vetoed"
    if len(known) < agreement.bant_before or not all(getattr(lead, fact) for fact in facts):
        return "missing"
    if cycle.origin == "recycled":
        return "recycled"
    came_without = cycle.origin in ("override", "exploration")
    return "ready" if verdict.path or came_without else "fell"


def _wanted(agreement):
    cells = agreement.matrix.all()
    return {cell.grade for cell in cells if cell.action in ("automatic", "review")}


def _grade(agreement, lead):
    """With the margin on top."""
    model = agreement.scoring_model
    fit, engagement = lead.fit + agreement.margin, lead.engagement + agreement.margin
    letter = sum(fit < getattr(model, name) for name in LETTERS)
    number = sum(engagement < getattr(model, name) for name in NUMBERS)
    return "ABCD"[letter] + "1234"[number]
