"""Rules of two models in pairs: what changed in each, and how its points fade now."""

import pytest

from handoff.preview.rules import Rules
from scoring.models import Rule, ScoringModel
from scoring.versions import Rulebook
from tests.handoff import preview_world as world


def book(*rules):
    return Rulebook(ScoringModel(), list(rules), [], [])


def rule(pk, name="", condition=world.VIEWED, kind="engagement", points=5, **fade):
    return Rule(pk=pk, name=name, condition=condition, kind=kind, points=points, **fade)


def told(rules):
    return [(one["name"], one["now"], one["draft"]) for one in rules.changed()]


def test_each_of_two_rules_that_ask_the_same_finds_its_own_partner():
    now = book(rule(1, "Stays"), rule(2, "Fades", points=7, decay="step", decay_days=9))
    draft = book(rule(3, "Fades", points=8, decay="step", decay_days=9), rule(4, "Stays"))
    rules = Rules(now, draft)
    gives = "each, gone after 9 days"
    assert told(rules) == [("Fades", f"+7.00 {gives}", f"+8.00 {gives}")]
    assert [rules.place(one) for one in (*now.rules, *draft.rules)] == [1, 0, 0, 1]


def test_a_rule_that_is_added_or_taken_out_gives_something_on_one_side_only():
    same = rule(1, "Stays")
    assert told(Rules(book(same), book(rule(2, "Stays"), rule(3, "More", points=50)))) == [
        ("More", "", "+50.00 each")
    ]
    assert told(Rules(book(same), book())) == [("Stays", "+5.00 each", "")]


def test_under_the_same_name_another_condition_or_kind_is_told():
    now = book(rule(1, "Home", world.GERMAN, "fit"), rule(2, "Visits"))
    draft = book(rule(3, "Home", world.ENERGY, "fit"), rule(4, "Visits", kind="fit"))
    assert told(Rules(now, draft)) == [
        ("Home", "Country is DE: +5.00", "Job title contains energy: +5.00"),
        ("Visits", "+5.00 each, engagement", "+5.00 each, fit"),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, " fades faster"),
        ({"points": 6}, ""),
        ({"condition": {"did": "page_view"}}, ""),
        ({"decay": "none", "decay_days": None}, " fades no more"),
    ],
)
def test_how_points_fade_is_told_when_only_that_changed(changes, said):
    one = rule(1, "Visits", decay="step", decay_days=9)
    other = rule(2, "Visits", **({"decay": "step", "decay_days": 3} | changes))
    assert Rules(book(one), book(other)).fading(0, up=False) == said
