"""Measures against numbers worked out by hand, and against counting every pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.measures import auc, lifts, wilson


def test_a_share_has_an_interval_that_stays_between_nothing_and_all():
    """Three of four; Wilson: (0.75 + 1.92/4 ± …) / (1 + 3.84/4)."""
    assert wilson(3, 4) == pytest.approx((0.75, 0.3006, 0.9544), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0, 0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((1, 0.7225, 1), abs=1e-4)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=30))
def test_auc_equals_counting_every_pair(rows):
    score, won = [score for _won, score in rows], [won for won, _score in rows]
    good, bad = ([s for one, s in rows if one is is_won] for is_won in (True, False))
    if not good or not bad:
        assert auc(score, won) == 0.5
        return
    above = sum((one > other) + (one == other) / 2 for one in good for other in bad)
    assert auc(score, won) == pytest.approx(above / len(good) / len(bad))


def test_equal_scores_share_their_wins():
    won = [i < 5 for i in range(20)]
    assert lifts([7] * 20, won) == pytest.approx([1] * 10)
    # The best eight are equal, and two of them are won.
    score = [9 if i < 8 else 1 for i in range(20)]
    two = [i in (0, 7) for i in range(20)]
    assert lifts(score, two) == pytest.approx([2.5] * 4 + [0] * 6)


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=10, max_size=60))
def test_tenths_together_hold_all_who_won(rows):
    won = [won for won, _score in rows]
    found = lifts([score for _won, score in rows], won)
    if not any(won):
        assert found is None
        return
    cuts = [round(len(rows) * tenth / 10) for tenth in range(11)]
    share = sum(won) / len(rows)
    held = sum(
        lift * share * (high - low)
        for lift, low, high in zip(found, cuts[:-1], cuts[1:], strict=True)
    )
    assert held == pytest.approx(sum(won))


def test_there_is_no_lift_of_fewer_than_ten_or_without_a_win():
    assert lifts([1] * 9, [True] * 9) is None
    assert lifts([1] * 10, [False] * 10) is None
