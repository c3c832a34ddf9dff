"""Measures over recorded outcomes, against numbers worked out by hand."""

import pytest

from handoff.preview import measures
from handoff.preview.outcomes import Case

SIDES = ("now", "draft")


def case(outcome="open", *, now=0.0, draft=0.0, said="both", accepted=True):
    """`said`: which sides call it MQL."""
    qualified = {side: said in ("both", side) for side in SIDES}
    return Case(accepted, outcome, {"now": now, "draft": draft}, qualified)


def test_precision_is_the_accepted_share_of_the_mqls_with_its_interval():
    """Three of four; Wilson: (0.75 + 1.92/4 ± …) / (1 + 3.84/4)."""
    cases = [case(), case(), case(), case(accepted=False), case(said="draft", accepted=False)]
    found = measures.precision(cases, "now")
    assert (found["known"], found["accepted"], found["share"]) == (4, 3, 0.75)
    assert (found["low"], found["high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert measures.precision(cases, "draft")["share"] == 0.6
    assert measures.precision([], "now")["share"] is None


def test_the_change_has_an_interval_only_when_there_is_enough():
    """The draft leaves out 20 of 40 rejected: 40 of 80 → 40 of 60."""
    cases = [case() for _ in range(40)] + [case(accepted=False) for _ in range(20)]
    cases += [case(said="now", accepted=False) for _ in range(20)]
    found = measures.change(cases)
    assert found["change"] == pytest.approx(1 / 6)
    # Parts: 40 × (1/180 − 1/160)², 20 × (1/160 − 1/90)², 20 × (1/160)².
    parts = 40 * (1 / 180 - 1 / 160) ** 2 + 20 * (1 / 160 - 1 / 90) ** 2 + 20 / 160**2
    assert found["high"] - found["change"] == pytest.approx(1.959964 * parts**0.5)
    assert measures.change(cases[:20]) is None


def test_the_same_on_both_sides_has_no_change():
    cases = [case(accepted=i % 3 > 0) for i in range(60)]
    assert measures.change(cases) == {"change": 0, "low": 0, "high": 0}


def test_won_leads_that_are_kept():
    cases = [case("won"), case("won", said="now"), case("lost"), case("won", said="")]
    assert measures.kept(cases, "now") == {"kept": 2, "of": 3}
    assert measures.kept(cases, "draft") == {"kept": 1, "of": 3}


def test_lift_by_tenth_of_twenty_cycles():
    """Four are won: the two best, the third and the last; each tenth holds two of twenty."""
    won = {0, 1, 2, 19}
    cases = [case("won" if i in won else "lost", now=100 - i, draft=i) for i in range(20)]
    assert measures.deciles(cases, "now") == pytest.approx([5, 2.5, *[0] * 7, 2.5])
    assert measures.deciles(cases, "draft") == pytest.approx([2.5, *[0] * 7, 2.5, 5])


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_there_is_no_lift_or_auc_without_both_sorts(outcome):
    cases = [case(outcome) for _ in range(9)]
    assert measures.deciles(cases, "now") is None
    assert measures.auc(cases, "now") is None


def test_auc_by_hand():
    """Won 9 and 5, lost 5 and 1: of four pairs three are right and one is equal."""
    cases = [case("won", now=9), case("won", now=5), case("lost", now=5), case("lost", now=1)]
    cases.append(case("rejected", now=99, accepted=False))  # it was never a deal
    assert measures.auc(cases, "now") == {"auc": 3.5 / 4, "won": 2, "lost": 2}


def test_scores_of_the_accepted_rejected_and_won():
    cases = [case("won", now=now) for now in (10, 20, 30)] + [case(now=40, accepted=False)]
    found = measures.measured(cases)["scores"]["now"]
    assert found == {"accepted": [10, 20, 30], "rejected": None, "won": [10, 20, 30]}
