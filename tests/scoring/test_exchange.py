"""A model goes out as a file and comes back the same; a wrong file is told at its place."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from handoff import starters
from leads.models import Attribute
from scoring import exporting, importing, model_schema, versions
from scoring.models import ScoringModel
from tests.factories import (
    AttributeFactory,
    RuleFactory,
    RuleGroupFactory,
    ScoringModelFactory,
)

pytestmark = pytest.mark.django_db
VISIT = {"did": "page_view"}
GOOD = {
    "name": "B2B",
    "fit_bands": [40, 25, 10],
    "engagement_bands": [40, 25, 10.5],
    "groups": [{"kind": "engagement", "name": "Reads", "cap": 12}],
    "rules": [
        {"kind": "engagement", "name": "Visits", "points": 0.25, "cap": 5, "group": "Reads",
         "decay": "half_life", "decay_days": 30, "condition": VISIT},
        {"kind": "fit", "points": -3, "condition": {"field": "lead.country", "op": "is", "value": "X"}},  # noqa: E501
    ],
}  # fmt: skip


def written(model):
    return exporting.as_json(versions.of(model.version))


def told(data, attributes=None):
    try:
        model_schema.check(
            data, list(Attribute.objects.all()) if attributes is None else attributes
        )
    except ValidationError as error:
        return error.messages
    return []


def read(text):
    with pytest.raises(ValidationError) as caught:
        importing.parse(text)
    return caught.value.messages[0]


@pytest.mark.parametrize("name", starters.NAMES)
def test_a_starter_comes_back_the_same(name):
    model = starters.load(name).scoring_model
    file = json.dumps(written(model)).encode()
    data = importing.parse(file)
    assert told(data) == []
    draft = importing.make(data)
    assert (draft.version, draft.is_published) == (model.version + 1, False)
    assert written(draft) == written(model)


points = st.integers(-99_999_99, 99_999_99).map(lambda hundredths: Decimal(hundredths) / 100)
caps = st.none() | points.map(abs)
conditions = st.sampled_from(
    [VISIT, {"did": "webinar", "days": 3}, {"field": "company.employees", "op": "gt", "value": 3}]
)


@st.composite
def rules(draw, number):
    kind, condition = draw(st.sampled_from(["fit", "engagement"])), draw(conditions)
    decay = draw(st.sampled_from(["none", "step", "half_life"])) if "did" in condition else "none"
    return {
        "name": f"Rule {number}",
        "kind": kind,
        "condition": condition,
        "points": draw(points),
        "cap": draw(caps),
        "decay": decay,
        "decay_days": None if decay == "none" else draw(st.integers(1, 3650)),
        "grouped": draw(st.booleans()),
    }


class RoundTrip(TestCase):
    @settings(deadline=None, max_examples=40)
    @given(st.data())
    def test_any_model_comes_back_the_same(self, data):
        bands = sorted(data.draw(st.lists(points, min_size=3, max_size=3)), reverse=True)
        fields = dict(zip(["fit_a", "fit_b", "fit_c"], bands, strict=True))
        model = ScoringModelFactory(
            version=versions.next_version(), fit_cap=data.draw(caps), **fields
        )
        groups = {
            kind: RuleGroupFactory(model=model, kind=kind, cap=data.draw(points.map(abs)))
            for kind in ("fit", "engagement")
        }
        for number in range(data.draw(st.integers(0, 5))):
            rule = data.draw(rules(number))
            group = groups[rule["kind"]] if rule.pop("grouped") else None
            RuleFactory(model=model, group=group, order=number, **rule)
        before = exporting.as_json(versions.several([model])[model.version])
        back = importing.parse(json.dumps(before).encode())
        assert told(back) == []
        draft = importing.make(back)
        assert exporting.as_json(versions.several([draft])[draft.version]) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"surprise": 1}, "unknown key 'surprise'"),
        ({"format": 2}, "format: 2 is not 1"),
        ({"name": ""}, "name: the text is empty"),
        ({"name": "x" * 121}, "name: longer than 120 characters"),
        ({"name": "a\0b"}, "name: 'a\\x00b' has characters that no text may have"),
        ({"fit_bands": [1, 2]}, "fit_bands: expected a list of three numbers"),
        ({"fit_bands": [1, 2, 3]}, "fit_bands: the points of a better band cannot be lower"),
        ({"fit_bands": [3, "2", 1]}, "fit_bands › 2: '2' is not a number"),
        ({"fit_cap": True}, "fit_cap: True is not a number"),
        ({"engagement_cap": 1e300}, "engagement_cap: not a number from 0 to 99,999.99"),
        ({"groups": {}}, "groups: {} is not a list"),
        ({"groups": [{"kind": "fit", "name": "Reads", "cap": -1}]}, "groups › 1 › cap"),
        ({"groups": GOOD["groups"] * 2}, "groups › 2 › name: there is a group 'Reads' already"),
        ({"rules": GOOD["rules"] * 40}, "rules: more than 60 entries"),
        ({"rules": ["x"]}, "rules › 1: 'x' is not an object"),
        ({"attributes": [1]}, "attributes: expected a list of objects"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(change, words):
    assert any(words in line for line in told(GOOD | change)), told(GOOD | change)
    assert ScoringModel.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "luck"}, "rules › 1 › kind: 'luck' is not one of fit, engagement"),
        ({"kind": "fit"}, "rules › 1 › group: 'Reads' is of another kind"),
        ({"group": "Nobody"}, "rules › 1 › group: 'Nobody' is not a group of this model"),
        ({"group": []}, "rules › 1 › group: [] is not a group of this model"),
        ({"name": 3}, "rules › 1 › name: 3 is not a text"),
        ({"points": "5"}, "rules › 1 › points: '5' is not a number"),
        ({"points": 0.001}, "rules › 1 › points: 0.001 has more than two decimals"),
        ({"cap": -5}, "rules › 1 › cap: not a number from 0 to 99,999.99"),
        ({"decay": "slowly"}, "rules › 1 › decay: 'slowly' is not one of none, step, half_life"),
        ({"decay_days": 0}, "rules › 1 › decay_days: 0 is not a whole number from 1"),
        ({"decay_days": None}, "rules › 1 › decay_days: None is not a whole number from 1"),
        ({"decay": "none"}, "rules › 1 › decay_days: belongs to what fades"),
        ({"condition": {"stage": "is_in", "in": ["mql"]}}, "rules › 1 › decay: only points for"),
        ({"condition": {"did": "nothing"}}, "rules › 1 › condition: did: 'nothing' is not a kind"),
        ({"condition": []}, "rules › 1 › condition: [] is not a condition"),
        ({"condition": {"field": ["x"], "op": "is"}}, "rules › 1 › condition: field"),
        ({"extra": 1}, "rules › 1: unknown key 'extra'"),
    ],
)
def test_what_is_wrong_in_a_rule_is_told_at_its_place(change, words):
    first, *others = GOOD["rules"]
    found = told(GOOD | {"rules": [first | change, *others]})
    assert any(words in line for line in found), found


def test_the_same_rule_twice_is_told():
    assert told(GOOD | {"rules": [GOOD["rules"][0]] * 2}) == ["rules › 2: the same as rule 1"]


def test_missing_attributes_are_named():
    AttributeFactory(code="sites", label="Sites", kind="number")
    model = ScoringModelFactory()
    RuleFactory(model=model, condition={"field": "attr.sites", "op": "gte", "value": 3})
    data = written(model)
    assert data["attributes"] == [{"code": "sites", "label": "Sites", "kind": "number"}]
    assert told(data) == []
    missing, at = told(data, [])
    assert (
        missing
        == "The custom attribute 'sites' ('Sites', 'number') is missing here. Make it first."
    )
    assert at == "rules › 1 › condition: field: 'attr.sites' is not a field"


def test_a_condition_nested_without_end_is_refused():
    deep = {"did": "page_view"}
    for _ in range(400):
        deep = {"all": [deep]}
    (found,) = told(GOOD | {"rules": [GOOD["rules"][1] | {"condition": deep}]})
    assert found.startswith("rules › 1 › condition: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This is not a JSON file"),
        (b"\xff\xfe", "This is not a JSON file"),
        (b"[" * 100_000, "This is not a JSON file"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "This is not a JSON file"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice in one object"),
        (b" " * (importing.MOST_BYTES + 1), "The file is larger than 1024 kB."),
    ],
)
def test_what_is_no_model_is_told(content, words):
    assert words in read(content)


words = st.sampled_from(
    ["fit", "engagement", "did", "page_view", "half_life", "none", "attr.x", "", "\0", "\ud800"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_is_told_or_becomes_a_draft(data):
    changed = json.loads(json.dumps(GOOD))
    place = data.draw(st.sampled_from([changed, changed["groups"][0], *changed["rules"]]))
    key = data.draw(st.sampled_from([*place, "attributes", "format", "cap", "decay", "fit_cap"]))
    place[key] = data.draw(values)
    if not told(changed, []):
        importing.make(changed)
    assert told(data.draw(values), [])


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_no_bytes_break_the_reading(content):
    with suppress(ValidationError):
        importing.parse(content)
