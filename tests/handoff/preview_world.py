"""Nine leads and four weeks whose MQLs can be counted by hand, under two models."""

from datetime import UTC, datetime, timedelta

from handoff import starters
from handoff.models import QualifyingPath, Veto
from leads.perform import perform
from scoring import versions
from scoring.models import Rule
from tests import story
from tests.factories import ActivityFactory, LeadFactory, RepFactory, RuleFactory

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GERMAN = {"field": "lead.country", "op": "is", "value": "DE"}
ENERGY = {"field": "lead.job_title", "op": "contains", "value": "energy"}
VIEWED = {"did": "page_view", "days": 14}


def ago(days):
    return NOW - timedelta(days=days)


def in_force(**changes):
    """40 points (A) for Germany, 10 for each visit of the last 14 days: one is band 3, and A3 is an
    MQL. Signed long ago; without paths and vetoes."""
    draft = starters.load("b2b_software")
    QualifyingPath.objects.filter(agreement=draft).delete()
    Veto.objects.filter(agreement=draft).delete()
    model = draft.scoring_model
    model.rules.all().delete()
    for name, value in {**BANDS, **changes}.items():
        setattr(model, name, value)
    model.save()
    RuleFactory(model=model, kind="fit", condition=GERMAN, points=40)
    RuleFactory(model=model, condition=VIEWED, points=10)
    return story.signed(draft, now=ago(90))


def a_draft(agreement):
    """A visit gives 5, so it takes two; 40 points for who answers for energy, wherever."""
    draft = versions.duplicate(agreement.scoring_model)
    Rule.objects.filter(model=draft, kind="engagement").update(points=5)
    RuleFactory(model=draft, kind="fit", condition=ENERGY, points=40)
    return draft


def people():
    """{name: lead}. The comment says when they qualify; weeks end 21, 14, 7 and 0 days ago."""
    return {
        "anna": _lead("Anna", visits=[1]),  # now: in the last week; draft: never
        "bert": _lead("Bert", visits=[10, 10]),  # since the third week
        "carl": _lead("Carl", visits=[3, 3], country="SE", job_title="Energy manager"),
        # Carl: now never; draft: in the last week
        "dora": _lead("Dora", visits=[20, 20]),  # since the second week, no more in the last
        "emil": _lead("Emil", visits=[30, 30]),  # before the first week
        "fritz": _late(_lead("Fritz", visits=[])),  # known in the last week
        "gina": _handed_off("Gina", visits=[4, 4], at=3, born=5),  # came and went in the last
        "hugo": _handed_off("Hugo", visits=[2, 2], at=10, born=80),  # with sales all along
        "ivo": _rejected(_handed_off("Ivo", visits=[2, 2], at=10, born=80)),  # three days ago
    }


BANDS = {
    "fit_a": 40, "fit_b": 25, "fit_c": 10, "engagement_1": 40, "engagement_2": 25,
    "engagement_3": 10, "fit_cap": None, "engagement_cap": None,
}  # fmt: skip


def _lead(name, visits, **fields):
    lead = LeadFactory(first_name=name, created_at=ago(80), **fields)
    _visit(lead, visits)
    return lead


def _visit(lead, days):
    for day in days:
        ActivityFactory(lead=lead, happened_at=ago(day))


def _late(lead):
    """Visits of nine days ago, which an import brought yesterday."""
    for _ in range(2):
        ActivityFactory(lead=lead, happened_at=ago(9), recorded_at=ago(1))
    return lead


def _handed_off(name, visits, at, born):
    lead = story.an_mql(now=ago(at), first_name=name, created_at=ago(born))
    lead = perform(
        lead, "hand_off", by=story.UserFactory(), now=ago(at), to_user=RepFactory(first_name="Rita")
    )
    _visit(lead, visits)
    return lead


def _rejected(lead):
    """Back in marketing's hands; with sales a week ago, so no MQL of the last week."""
    return perform(lead, "reject", by=lead.owner, now=ago(3), reason="no_budget", detail="none")
