"""What a candidate finds is what the condition means in SQL, now and at each decision's moment."""

from datetime import timedelta

import numpy as np
import pytest

from leads.changes import recording
from leads.conditions import to_q
from leads.models import Activity, Attribute, Lead, LeadAttributes
from scoring import scores, versions
from scoring.calibration import candidates, indicators, outcomes
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RuleFactory,
    ScoringModelFactory,
)
from tests.scoring.outcomes import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads():
    """Thirty, of which some facts and activities changed or came to be known later."""
    AttributeFactory(code="seats", label="Seats", kind="number")
    AttributeFactory(code="opted_in", label="Opted in", kind="boolean")
    random = np.random.default_rng(1)
    made = [_lead(random, i) for i in range(30)]
    with recording(now=NOW - timedelta(days=2)):
        for lead in made[::3]:
            lead.source = "Fair"
            lead.save()
            LeadAttributes.objects.filter(lead=lead).update(values={"seats": 900})
        Activity.objects.filter(lead=made[1]).update(actor_class="bot")
    return made


def _lead(random, i):
    seats = {"seats": int(random.integers(1, 50))} if i % 4 else {}
    lead = LeadFactory(
        source=str(random.choice(["Google", "google", "Fair", ""])),
        company=CompanyFactory(employees=int(random.integers(5, 500))) if i % 5 else None,
        values=seats | {"opted_in": bool(i % 2)},
    )
    for _ in range(int(random.integers(0, 5))):
        days = int(random.integers(0, 60))
        at = NOW - timedelta(days=days)
        kind = str(random.choice(["page_view", "webinar"]))
        late = timedelta(days=int(random.integers(0, 4)))
        ActivityFactory(lead=lead, kind=kind, happened_at=at, recorded_at=at + late)
    return lead


def _all_candidates(leads):
    attributes = list(Attribute.objects.all())
    ids = [lead.pk for lead in leads]
    readable = candidates.readable(attributes)
    return attributes, [
        *candidates.of_fields(readable.fields, ids, attributes),
        *candidates.of_activities(readable.activities, ids),
    ]


def _decisions(leads, moments=None):
    number = len(leads)
    ids = [lead.pk for lead in leads]
    return outcomes.Decisions("won", ids, np.ones(number, bool), np.arange(number), moments)


def test_at_present(leads):
    attributes, found = _all_candidates(leads)
    said = indicators.matrix(found, _decisions(leads), attributes, now=NOW)
    assert len(found) > 60
    for column, one in zip(said.T, found, strict=True):
        matching = set(_matching(one.condition, now=NOW))
        assert column.tolist() == [float(lead.pk in matching) for lead in leads], one.words


def _matching(condition, **when):
    return Lead.objects.filter(to_q(condition, **when)).values_list("pk", flat=True)


def test_as_of_each_decision(leads):
    attributes, found = _all_candidates(leads)
    moments = [NOW - timedelta(days=3 * (i % 2)) for i in range(len(leads))]
    said = indicators.matrix(found, _decisions(leads, moments), attributes, now=NOW)
    for column, one in zip(said.T[::2], found[::2], strict=True):
        matching = {
            moment: set(_matching(one.condition, as_of=moment, attributes=attributes))
            for moment in set(moments)
        }
        holds = zip(leads, moments, strict=True)
        assert column.tolist() == [float(lead.pk in matching[at]) for lead, at in holds], one.words
    assert (said != indicators.matrix(found, _decisions(leads), attributes, now=NOW)).any()


def test_a_date_counted_back_from_each_decision(leads):
    AttributeFactory(code="fair_on", label="Fair on", kind="date")
    day = (NOW - timedelta(days=10)).date()
    with recording(now=NOW - timedelta(days=90)):
        LeadAttributes.objects.update(values={"fair_on": str(day)})
    condition = {"field": "attr.fair_on", "op": "within_days", "value": 7}
    one = candidates.Candidate(condition, "attr.fair_on", "fit", "")
    moments = [NOW - timedelta(days=5 * (i % 2)) for i in range(len(leads))]
    attributes = list(Attribute.objects.all())
    said = indicators.matrix([one], _decisions(leads, moments), attributes, now=NOW)
    assert said[:, 0].tolist() == [float(i % 2) for i in range(len(leads))]


def test_rules_of_a_model_count_their_matches_up_to_their_cap(leads):
    model = ScoringModelFactory()
    visits = {"did": "page_view"}
    RuleFactory(model=model, condition=visits, points=-4, cap=8)
    RuleFactory(model=model, condition=visits, points=5, decay="half_life", decay_days=10, order=1)
    RuleFactory(model=model, condition=visits, points=0, cap=3, order=2)
    book = versions.rulebook(model)
    found = list(candidates.of_model(book))
    said = indicators.matrix(found, _decisions(leads), [], now=NOW)
    rows = {row["lead_id"]: row for row in scores.rows(book, [x.pk for x in leads], now=NOW)}
    for lead, (capped, faded, plain) in zip(leads, said, strict=True):
        row = rows[lead.pk]
        assert (capped, plain) == (min(row["n0"], 2), row["n0"])
        assert faded == pytest.approx(row["counts1"] / 500, abs=0.006)


def test_a_score_as_of_each_decision_is_the_one_of_the_statement(leads):
    model = ScoringModelFactory()
    RuleFactory(model=model, condition={"did": "any", "days": 30}, points=3)
    RuleFactory(
        model=model, kind="fit", condition={"field": "lead.source", "op": "is", "value": "fair"}
    )
    book = versions.rulebook(model)
    moments = [NOW - timedelta(days=i % 7) for i in range(len(leads))]
    said = indicators.scores(book, _decisions(leads, moments), now=NOW)
    for lead, moment, score in zip(leads, moments, said, strict=True):
        (row,) = scores.rows(book, [lead.pk], now=moment, as_of=moment)
        assert float(row["score"]) == score


def test_numbers_are_cut_at_round_places():
    AttributeFactory(code="seconds", label="Seconds", kind="number")
    attributes = list(Attribute.objects.all())
    made = [LeadFactory(values={"seconds": 7 * i + 0.5}) for i in range(40)]
    readable = candidates.readable(attributes, ["attr.seconds"])
    found = candidates.of_fields(readable.fields, [lead.pk for lead in made], attributes)
    steps = [one.condition["value"] for one in found if one.condition["op"] == "gte"]
    assert len(steps) > 10
    assert all(float(f"{step:.2g}") == step for step in steps)
    assert steps == sorted(set(steps))


def test_values_that_differ_in_case_only_are_one_candidate():
    attributes: list[Attribute] = []
    made = [
        LeadFactory(source=name) for name in ["Google", "google", "Google", "Fair", "Fair", "x"]
    ]
    readable = candidates.readable(attributes, ["lead.source"])
    found = candidates.of_fields(readable.fields, [lead.pk for lead in made], attributes)
    assert [one.words for one in found] == ["source is empty", "source is Google", "source is Fair"]


def test_who_somebody_is_makes_no_candidate():
    attributes: list[Attribute] = []
    made = [LeadFactory(first_name="Anke", last_name="Brandt") for _ in range(4)]
    keys = [f"lead.{name}" for name in ("first_name", "last_name", "email", "phone")]
    readable = candidates.readable(attributes, keys)
    found = candidates.of_fields(readable.fields, [lead.pk for lead in made], attributes)
    assert {one.condition["op"] for one in found} == {"empty"}
