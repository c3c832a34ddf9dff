"""Two versions are told apart in words: what was added, removed and changed."""

import pytest

from scoring import differing, versions
from scoring.models import Rule
from tests.factories import RuleFactory, RuleGroupFactory, ScoringModelFactory

pytestmark = pytest.mark.django_db
GERMAN = {"field": "lead.country", "op": "is", "value": "DE"}


@pytest.fixture
def model():
    model = ScoringModelFactory(fit_cap=60)
    group = RuleGroupFactory(model=model, name="Reads", cap=15)
    RuleFactory(model=model, name="Visits", points=1, cap=5, group=group)
    RuleFactory(model=model, name="Webinar", points=9, condition={"did": "webinar"})
    RuleFactory(model=model, kind="fit", name="", points=4, condition=GERMAN)
    return model


def between(before, after):
    books = versions.several([before, after])
    return differing.difference(books[before.version], books[after.version])


def test_a_duplicate_says_the_same(model):
    found = between(model, versions.duplicate(model))
    assert not found
    assert found.same == 3


def test_changes_are_told_field_by_field(model):
    draft = versions.duplicate(model)
    draft.fit_a, draft.engagement_cap = 50, 80
    draft.save()
    draft.groups.update(cap=20)
    draft.rules.filter(name="Visits").update(
        points="2.5", cap=None, decay="half_life", decay_days=14, group=None
    )
    found, rest = between(model, draft), "B from 25, C from 10, else D"
    assert [(one.what, one.before, one.after) for one in found.settings] == [
        ("Fit", f"A from 40, {rest}", f"A from 50, {rest}"),
        ("Engagement counts up to", "no cap", "80.00"),
    ]
    (group,) = found.groups
    assert group.what == "Reads"
    assert (group.before[-5:], group.after[-5:]) == ("15.00", "20.00")
    ((name, changes),) = found.changed
    assert name == "Visits"
    assert [(one.what, one.before, one.after) for one in changes] == [
        ("Points", "1.00 each", "2.50 each"),
        ("At most", "5.00", "no cap"),
        ("Points fade", "never", "halved every 14 days"),
        ("Group", "Reads", "none"),
    ]
    assert (found.added, found.removed, found.same) == ([], [], 2)


def test_rules_come_and_go(model):
    draft = versions.duplicate(model)
    draft.rules.filter(condition=GERMAN).delete()
    RuleFactory(model=draft, name="Form", condition={"did": "form"})
    found = between(model, draft)
    assert [row["name"] for row in found.added] == ["Form"]
    assert [row["name"] for row in found.removed] == ["Country is DE"]
    assert (found.changed, found.same) == ([], 2)


def test_a_new_name_or_a_new_condition_is_the_same_rule(model):
    draft = versions.duplicate(model)
    draft.rules.filter(name="Visits").update(name="Saw pages")
    draft.rules.filter(name="Webinar").update(condition={"did": "webinar", "days": 30})
    found = dict(between(model, draft).changed)
    assert [one.what for one in found["Saw pages"]] == ["Name"]
    assert [(one.before, one.after) for one in found["Webinar"]] == [
        ("Attended a webinar", "Attended a webinar in the last 30 days")
    ]


def test_rules_that_say_the_same_find_their_own_partner():
    one, two = (
        Rule(pk=n, kind="fit", name=name, condition=GERMAN) for n, name in ((1, "a"), (2, "b"))
    )
    three, four = (
        Rule(pk=n, kind="fit", name=name, condition=GERMAN) for n, name in ((3, "b"), (4, ""))
    )
    assert differing.pairs([one, two], [three, four]) == [(two, three), (one, four)]
    assert differing.pairs([one, two], [three]) == [(two, three), (one, None)]
    assert differing.pairs([], [three]) == [(None, three)]
