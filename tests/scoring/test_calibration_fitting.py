"""The joint model on plain arrays: planted effects come back, chance suggests nothing."""

import numpy as np
import pytest

from scoring.calibration import evidence, fitting, proving
from scoring.calibration.suggesting import suggest


def world(seed, number=1_500, columns=25, effects=(), base=-0.8):
    """Indicators, and outcomes that the first of them tell by these log-odds."""
    random = np.random.default_rng(seed)
    shares = random.uniform(0.15, 0.6, columns)
    found = (random.random((number, columns)) < shares).astype(float)
    odds = base + found[:, : len(effects)] @ np.array(effects)
    return found, random.random(number) < fitting.odds_to_share(odds), random


def old(number, share=0.7):
    return np.arange(number) < share * number


def test_shuffled_outcomes_suggest_nothing():
    found, won, random = world(1, number=700, columns=15, effects=(1.5, -1.2, 1.0))
    assert suggest(found, won, old(len(won)), fit_all=True).fit is not None
    suggested = [
        suggest(found, random.permutation(won), old(len(won)), fit_all=True).fit is not None
        for _ in range(100)
    ]
    assert sum(suggested) <= 5


def test_shuffled_outcomes_suggest_nothing_without_newer_leads_either():
    found, won, random = world(2, number=400, columns=10, effects=(1.5, -1.2))
    everything = np.ones(len(won), bool)
    suggested = [
        suggest(found, random.permutation(won), everything, fit_all=False).fit is not None
        for _ in range(100)
    ]
    assert sum(suggested) <= 5


def test_planted_effects_are_recovered_within_their_intervals():
    """95 % of the intervals should hold the truth: of 3 × 20, hardly ever fewer than 51 do."""
    effects = (1.8, -1.4, 1.1)
    held = 0
    for seed in range(20):
        found, won, _ = world(seed, number=1_200, columns=8, effects=effects)
        fit = fitting.learn(found, won)
        low, high = fit.interval()
        for column, effect in enumerate(effects):
            (place,) = np.flatnonzero(fit.chosen == column)
            held += low[place] <= fitting.to_points(effect) <= high[place]
    assert held >= 51


def test_rules_that_say_the_same_are_not_paid_twice():
    found, won, random = world(5, number=3_000, columns=4, effects=(1.5,))
    nearly = np.where(random.random(len(won)) < 0.02, 1 - found[:, 0], found[:, 0])
    fit = fitting.learn(np.column_stack([found, nearly]), won)
    paid = fit.points[np.isin(fit.chosen, [0, 4])].sum()
    assert abs(paid - fitting.to_points(1.5)) < 5


def test_points_are_whole_and_at_most_thirty_rules():
    random = np.random.default_rng(8)
    effects = random.uniform(0.9, 1.5, 36)
    found, won, _ = world(8, number=3_000, columns=36, effects=effects, base=-8)
    fit = fitting.learn(found, won)
    assert len(fit.chosen) == fitting.MOST
    assert fit.points.dtype.kind == "i"
    assert 0 not in fit.points


def test_a_count_of_matches_gets_points_for_each():
    random = np.random.default_rng(4)
    counts = random.poisson(2, 3_000).astype(float)
    won = random.random(3_000) < fitting.odds_to_share(-1.5 + 0.5 * counts)
    fit = fitting.learn(counts[:, None], won)
    (low,), (high,) = fit.interval()
    assert low <= fitting.to_points(0.5) <= high


@pytest.mark.parametrize(("good", "bad"), [(29, 500), (500, 29), (0, 500)])
def test_below_thirty_of_one_outcome_nothing_is_suggested(good, bad):
    won = np.arange(good + bad) < good
    said = suggest(won[:, None].astype(float), won, np.ones(len(won), bool), fit_all=False)
    assert said.fit is None
    assert said.why_not.startswith("Too little to learn from")


def test_below_fifty_of_one_outcome_the_confidence_is_low():
    won = np.tile(np.arange(10) < 1, 45)
    found = np.column_stack([won, np.arange(len(won)) % 2]).astype(float)
    found[::40, 0] = 1
    said = suggest(found, won, np.ones(len(won), bool), fit_all=False)
    assert said.fit is not None
    assert said.cautions[0].startswith("Low confidence")


def test_a_rule_with_fewer_than_thirty_leads_on_a_side_is_never_suggested():
    won = np.tile([True, False], 400)
    rare = np.zeros(800)
    rare[:58:2] = 1  # 29 leads, and all of them won
    said = suggest(np.column_stack([rare, won]), won, np.ones(800, bool), fit_all=False)
    assert said.fit.chosen.tolist() == [1]


def test_what_does_not_hold_for_the_newer_leads_is_not_suggested():
    found, won, random = world(9, effects=(2.0,))
    newer = ~old(len(won))
    won[newer] = random.permutation(won[newer])
    said = suggest(found, won, ~newer, fit_all=True)
    assert (said.fit, said.why_not) == (
        None,
        "What the older leads teach does not hold for the newer ones.",
    )


def test_the_best_tenth_of_newer_leads_has_a_lift():
    """Ten of 40 are won, two of them among the four best; all the same say nothing."""
    score = np.arange(40.0)
    won = np.isin(np.arange(40), [39, 38, *range(8)])
    assert proving.quality(score, won, score, won)["top_decile_lift"] == 2
    flat = np.zeros(40)
    assert proving.quality(flat, won, score, won)["top_decile_lift"] == 1
    few = slice(0, 9)
    assert proving.quality(score[few], won[few], score, won)["top_decile_lift"] is None


def test_the_constant_makes_the_expected_wins_those_that_happened():
    score, won = np.arange(40.0), np.arange(40) % 3 == 0
    expected = fitting.odds_to_share(fitting.constant(score, won) + np.log(2) / 10 * score)
    assert expected.sum() == pytest.approx(won.sum())


def test_intervals_of_a_rate_and_of_a_lift():
    # By hand: exp(0.677 ± 1.96 × √0.07741).
    assert evidence.share(8, 10) == [0.8, 0.4902, 0.9433]
    value, low, high = evidence.lift(30, 100, 15, 100)
    assert (value, low, high) == (1.968, 1.141, 3.395)


def test_who_never_wins_has_a_lift_that_can_be_told():
    won, fires = np.arange(4_000) % 2 == 1, np.arange(4_000) % 2 == 0
    found = evidence.evidence(fires, won)
    assert 0 < found["lift_low"] < 0.0001
    assert evidence.verdict(found, -5) == "works"


@pytest.mark.parametrize(
    ("good", "other", "points", "said"),
    [
        (60, 30, 5, "works"),
        (60, 30, -5, "points the wrong way"),
        (20, 60, -5, "works"),
        (31, 30, 5, "does nothing"),
    ],
)
def test_a_verdict_compares_evidence_with_points(good, other, points, said):
    won = np.concatenate([np.arange(100) < good, np.arange(100) < other])
    fires = np.arange(200) < 100
    assert evidence.verdict(evidence.evidence(fires, won), points) == said


def test_of_many_candidates_some_look_as_if_they_did_something():
    won = np.concatenate([np.arange(100) < 48, np.arange(100) < 33])
    found = evidence.evidence(np.arange(200) < 100, won)
    assert evidence.verdict(found, None) == "works"
    assert evidence.verdict(found, None, looks=200) == "does nothing"


def test_few_leads_on_a_side_say_nothing():
    won = np.arange(200) < 100
    assert evidence.verdict(evidence.evidence(np.arange(200) < 29, won), 5) == "too few"
    nobody = evidence.evidence(np.zeros(200, bool), won)
    assert (nobody["lift"], evidence.verdict(nobody, 5)) == (None, "too few")
