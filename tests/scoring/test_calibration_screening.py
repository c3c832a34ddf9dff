"""Columns that know the outcome are warned of, whatever they are called; honest ones are not."""

from datetime import timedelta

import numpy as np
import pytest

from leads.changes import recording
from leads.models import Attribute, LeadAttributes
from scoring.calibration import candidates, indicators, outcomes, screening
from tests.factories import AttributeFactory
from tests.scoring.outcomes import NOW, leads_with

pytestmark = pytest.mark.django_db
NUMBER = 1_200


def screened(column, kind):
    """What is said of an attribute with these values; None where it is empty."""
    won = np.arange(NUMBER) % 3 == 0
    AttributeFactory(code="column_1", kind=kind, known_since="capture")
    AttributeFactory(code="converted", kind="boolean", known_since="after_outcome")
    leads_with(
        [
            {"converted": bool(good)} | ({} if value is None else {"column_1": value})
            for good, value in zip(won, column(won), strict=True)
        ]
    )
    attributes = list(Attribute.objects.all())
    decisions = outcomes.decisions("attr.converted")
    readable = candidates.readable(attributes, ["attr.column_1"])
    found = list(candidates.of_fields(readable.fields, decisions.lead_ids, attributes))
    matrix = indicators.matrix(found, decisions, attributes, now=NOW)
    (said,) = screening.screened(found, matrix, decisions.won, {"attr.column_1": kind})
    return said


def pick(random, good, bad):
    """Values that the won have with the one, the lost with the other probabilities."""
    names = np.array(["a", "b", "c"])
    return lambda won: [str(random.choice(names, p=good if one else bad)) for one in won]


def test_a_value_that_only_the_outcome_could_tell():
    random = np.random.default_rng(1)
    said = screened(pick(random, [0.9, 0.05, 0.05], [0.05, 0.5, 0.45]), "text")
    assert said.auc > 0.9
    assert "which value stands there tells the outcome alone" in said.why[0]


def test_a_value_that_people_give_at_capture_is_honest():
    """Lifts of two and more between values: AUC 0.6."""
    random = np.random.default_rng(2)
    said = screened(pick(random, [0.2, 0.5, 0.3], [0.08, 0.42, 0.5]), "text")
    assert 0.57 < said.auc < 0.66
    assert said.why == []


def test_an_answer_that_the_keen_give_more_often_is_honest():
    """Filled in by 90 % of the won and 60 % of the lost, and always the same."""
    random = np.random.default_rng(3)

    def column(won):
        return ["a" if random.random() < (0.9 if one else 0.6) else None for one in won]

    assert screened(column, "text").why == []


def test_a_column_that_is_filled_in_for_the_won():
    random = np.random.default_rng(4)

    def column(won):
        return ["a" if random.random() < (0.95 if one else 0.2) else None for one in won]

    assert "whether it is filled in" in screened(column, "text").why[0]


def test_a_column_that_is_filled_in_at_some_times_only():
    def column(won):
        return [i % 7 if i > NUMBER / 2 else None for i in range(len(won))]

    (why,) = screened(column, "number").why
    assert why == "it is filled in for 0% of the leads at one time and for 100% at another"


def test_a_number_may_be_stronger_because_it_is_a_dose():
    random = np.random.default_rng(5)

    def column(won):
        return [round(float(random.normal(600 if one else 400, 200)), 1) for one in won]

    said = screened(column, "number")
    assert said.auc > screening.STRONG_CHOICE
    assert said.why == []


def test_a_number_that_is_the_outcome():
    said = screened(lambda won: [int(one) * 100 + i % 5 for i, one in enumerate(won)], "number")
    assert "tells the outcome alone" in said.why[0]


def test_few_leads_are_not_enough_to_suspect_a_column():
    random = np.random.default_rng(6)
    won = np.arange(40) % 2 == 0
    value = np.where(random.random(40) < np.where(won, 0.7, 0.35), 1.0, 0.0)
    one = candidates.Candidate({"field": "attr.x", "op": "is", "value": "a"}, "attr.x", "fit", "")
    (said,) = screening.screened([one], value[:, None], won, {"attr.x": "text"})
    assert said.why == []


def test_what_is_recorded_with_or_after_the_outcome_is_late():
    for code in ("converted", "notes", "size"):
        AttributeFactory(code=code, kind="text" if code != "converted" else "boolean")
    leads = leads_with([{"size": "small"}] * 40)
    known_at = NOW - timedelta(days=5)
    with recording(now=known_at - timedelta(days=1)):
        LeadAttributes.objects.update(values={"size": "large"})
    with recording(now=known_at):
        LeadAttributes.objects.update(
            values={"size": "large", "converted": True, "notes": "signed"}
        )
    decisions = outcomes.decisions("attr.converted")
    assert len(decisions) == len(leads)
    late = screening.late(decisions, outcomes.outcome_moments("attr.converted"))
    assert late == {"attr.notes": 1.0, "attr.converted": 1.0}
