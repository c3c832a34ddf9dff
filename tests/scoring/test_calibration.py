"""From outcomes to a draft that scores as it was promised; and how too little, chance and leaks
are told."""

from datetime import timedelta

import numpy as np
import pytest

from leads.changes import recording
from leads.models import Attribute, Lead, LeadAttributes
from leads.refusals import Missing
from scoring import computing, scores
from scoring.calibration import calibrating, drafting, fitting
from scoring.measures import auc
from scoring.models import Computation, ScoringModel
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    LeadFactory,
    RuleFactory,
    ScoringModelFactory,
    UserFactory,
)
from tests.scoring.outcomes import INDUSTRY, NEWSLETTER, NOW, SEATS, leads_with, planted

pytestmark = pytest.mark.django_db


def calibrate(**asked):
    asked = {"outcome": "attr.converted", "order_by": "attr.number"} | asked
    return calibrating.calibrate(**asked, now=NOW)


def test_planted_effects_become_a_draft_whose_scores_keep_the_promise():
    planted(1_200)
    report = calibrate(train_before="840")
    assert (report["split"], report["suggests"]) == ({"old": 840, "new": 360}, True)
    suggested = {row["words"]: row for row in report["candidates"] if row["suggested"]}
    for words, effect in [
        ("Industry is Metal", INDUSTRY),
        ("Newsletter is yes", NEWSLETTER),
        ("Seats is at least 100", SEATS),
    ]:
        row = suggested[words]
        points = fitting.to_points(effect)
        assert row["suggested_low"] <= points <= row["suggested_high"]
        assert row["verdict"] == "works"
        assert row["suggested"] == int(row["suggested"])
    assert not any("Region" in words for words in suggested)
    draft = drafting.create_draft(report, "From outcomes")
    assert not draft.is_published
    assert draft.rules.count() <= fitting.MOST
    _publish(draft)
    scores.rescore(None, draft, now=NOW)
    newer = Lead.objects.filter(attributes__values__number__gte=840)
    stored = list(newer.values_list("score", "attributes__values__converted"))
    score, won = (np.array(one) for one in zip(*stored, strict=True))
    assert round(auc(score.astype(float), won.astype(bool)), 4) == report["proof"]["auc"]
    assert report["proof"]["auc"] > 0.7


def _publish(draft):
    draft.published_at = NOW
    draft.save()


def test_the_bands_lie_where_the_scores_are():
    planted(800)
    draft = drafting.create_draft(calibrate(), "From outcomes")
    _publish(draft)
    scores.rescore(None, draft, now=NOW)
    share = {
        letter: Lead.objects.filter(grade__startswith=letter).count() / 800 for letter in "ABCD"
    }
    assert 0.1 <= share["A"] <= 0.35
    assert all(share[letter] > 0.1 for letter in "BCD")


def test_shuffled_outcomes_suggest_nothing():
    planted(600, shuffled=True)
    report = calibrate()
    assert (report["suggests"], report["model"]) == (False, None)
    assert report["why_not"]
    assert [row["suggested"] for row in report["candidates"]] == [None] * len(report["candidates"])
    with pytest.raises(Missing, match=report["why_not"][:20]):
        drafting.create_draft(report, "Nothing")
    assert not ScoringModel.objects.exists()


def test_too_little_is_said():
    planted(40)
    assert calibrate()["why_not"].startswith("Too little to learn from")


def test_nothing_at_all_is_too_little():
    AttributeFactory(code="converted", kind="boolean")
    report = calibrate(order_by="")
    assert report["why_not"].startswith("Too little to learn from")


def test_rules_of_the_model_are_judged_beside_the_candidates():
    planted(800)
    model = ScoringModelFactory(name="By hand")
    for order, (name, condition, points) in enumerate(
        [
            ("Metal", {"field": "attr.industry", "op": "is", "value": "metal"}, 5),
            ("Reads us", {"field": "attr.newsletter", "op": "is", "value": True}, 5),
            ("North", {"field": "attr.region", "op": "is", "value": "North"}, 5),
            ("Visits", {"did": "page_view"}, 5),
        ]
    ):
        RuleFactory(model=model, name=name, condition=condition, points=points, order=order)
    _publish(model)
    report = calibrate()
    said = {row["words"]: (row["verdict"], row["suggested"]) for row in report["rules"]}
    assert said["Metal"][0] == "works"
    assert said["Metal"][1] > 5
    assert said["Reads us"][0] == "points the wrong way"
    assert said["Reads us"][1] < 0
    assert (said["North"], said["Visits"]) == (("does nothing", 0), ("too few", 0))
    assert report["judged"] == {"version": model.version, "name": "By hand"}
    assert report["current_auc"] < report["proof"]["auc"]
    # What a rule of the model says already is no second candidate; who said engagement keeps it.
    assert not any(row["words"] == "Newsletter is yes" for row in report["candidates"])
    draft = drafting.create_draft(report, "Better")
    assert draft.rules.get(name="Metal").kind == "engagement"


def test_two_rules_that_ask_the_same_are_both_judged():
    """Each by its own points; what they ask is no candidate beside them."""
    planted(400)
    model = ScoringModelFactory()
    metal = {"field": "attr.industry", "op": "is", "value": "metal"}
    for name, points in (("Metal", 5), ("Metal, once more", -5)):
        RuleFactory(model=model, kind="fit", name=name, condition=metal, points=points)
    _publish(model)
    report = calibrate()
    assert {row["words"]: row["verdict"] for row in report["rules"]} == {
        "Metal": "works",
        "Metal, once more": "points the wrong way",
    }
    assert not any(row["condition"] == metal for row in report["candidates"])
    assert not any(row["words"] == "Industry is Metal" for row in report["candidates"])
    assert sum(row["suggested"] != 0 for row in report["rules"]) == 1  # paid once


def test_activities_become_rules_that_count_once():
    AttributeFactory(code="converted", kind="boolean")
    random = np.random.default_rng(2)
    rows = [{"converted": bool(random.random() < (0.7 if i % 3 == 0 else 0.2))} for i in range(400)]
    for i, lead in enumerate(leads_with(rows)):
        for _ in range(2 if i % 3 == 0 else 0):
            ActivityFactory(lead=lead, kind="webinar", happened_at=NOW - timedelta(days=40))
    report = calibrate(order_by="")
    draft = drafting.create_draft(report, "Did")
    (rule,) = draft.rules.all()
    assert (rule.kind, rule.condition["did"], rule.cap) == ("engagement", "webinar", rule.points)
    _publish(draft)
    scores.rescore(None, draft, now=NOW)
    assert set(Lead.objects.values_list("score", flat=True)) == {0, rule.points}


def test_a_leak_is_warned_of_and_left_out_unless_it_is_trusted():
    leads = planted(600)
    AttributeFactory(code="column_9", label="Column 9", kind="text")
    known = [lead.attributes for lead in leads]
    for i, one in enumerate(known):
        told = one.values["converted"] if i % 20 else not one.values["converted"]
        one.values["column_9"] = "x" if told else "y"
    LeadAttributes.objects.bulk_update(known, ["values"])
    report = calibrate()
    (leak,) = [one for one in report["columns"] if one["why"]]
    assert (leak["about"], leak["used"]) == ("attr.column_9", False)
    assert report["proof"]["auc"] < 0.85
    assert not any(
        row["suggested"] for row in report["candidates"] if row["about"] == leak["about"]
    )
    trusted = calibrate(trust=["attr.column_9"])
    assert trusted["proof"]["auc"] > 0.9
    assert [one["used"] for one in trusted["columns"] if one["why"]] == [True]


def test_a_rule_of_the_model_that_reads_a_leak_is_not_suggested_either():
    leads = planted(600)
    model = ScoringModelFactory()
    AttributeFactory(code="column_9", label="Column 9", kind="boolean")
    for lead in leads:
        lead.attributes.values["column_9"] = lead.attributes.values["converted"]
    LeadAttributes.objects.bulk_update([lead.attributes for lead in leads], ["values"])
    either = [{"field": "attr.column_9", "op": op} | value for op, value in _LEAKY]
    RuleFactory(model=model, condition={"any": either}, points=9)
    _publish(model)
    report = calibrate()
    assert [row["suggested"] for row in report["rules"]] == [0]
    assert report["suggests"]


_LEAKY = [("is", {"value": True}), ("empty", {})]


def test_what_was_recorded_after_the_outcome_is_warned_of():
    leads = planted(400)
    AttributeFactory(code="column_9", label="Column 9", kind="text")
    with recording(now=NOW):
        for i, lead in enumerate(leads):
            lead.attributes.values |= {"column_9": ["a", "b"][i % 2], "converted": i % 3 == 0}
        LeadAttributes.objects.bulk_update([lead.attributes for lead in leads], ["values"])
    columns = {one["about"]: one["why"] for one in calibrate()["columns"]}
    assert "recorded together with the outcome, or after it" in columns["attr.column_9"][0]
    assert columns["attr.region"] == []


def test_what_is_known_after_the_outcome_is_never_a_rule():
    planted(200)
    Attribute.objects.filter(code="region").update(known_since="after_outcome")
    report = calibrate()
    assert not {"attr.region", "attr.converted"} & {one["about"] for one in report["columns"]}
    with pytest.raises(Missing, match="barred from rules"):
        calibrate(fields=["attr.region"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fields": ["attr.nowhere"]}, "is not a field"),
        ({"exclude": ["did:dance"]}, "is not a field"),
        ({"order_by": "attr.industry"}, "no number and no date"),
        ({"train_before": "soon"}, "is no value"),
        ({"model": 99}, "no scoring model v99"),
    ],
)
def test_what_cannot_be_asked_is_told(asked, said):
    planted(70)
    with pytest.raises(Missing, match=said):
        calibrate(**asked)


def test_only_the_fields_that_were_asked_for():
    planted(70)
    about = {one["about"] for one in calibrate(fields=["attr.seats", "did:form"])["columns"]}
    assert about == {"attr.seats"}
    assert "attr.seats" not in {
        one["about"] for one in calibrate(exclude=["attr.seats"])["columns"]
    }


def test_it_runs_as_a_computation_with_progress():
    planted(400)
    LeadFactory()
    row = computing.start("calibration", {"outcome": "attr.converted"}, by=UserFactory(), now=NOW)
    computing.run(row.pk)
    row = Computation.objects.get(pk=row.pk)
    assert (row.state, row.done) == ("done", row.total)
    assert row.result["outcome"]["left_out"] == {"no outcome yet": 1}
    assert drafting.create_draft(row.result, "From a job").rules.exists()
    wrong = computing.start("calibration", {"outcome": "luck"}, by=None, now=NOW)
    computing.run(wrong.pk)
    assert "is no outcome" in Computation.objects.get(pk=wrong.pk).error
