"""A bad condition is refused, and the refusal names the place."""

import copy

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from leads.conditions import ConditionField, fields, to_q, validate
from leads.conditions.vocabulary import OPERATORS
from leads.models import Attribute, Lead
from scoring.models import Rule
from tests.factories import AttributeFactory, LeadFactory

ATTRIBUTES = [
    Attribute(code="tier", label="Tier", kind="text"),
    Attribute(code="visits", label="Visits", kind="number"),
    Attribute(code="vip", label="VIP", kind="boolean"),
    Attribute(code="until", label="Contract until", kind="date"),
    Attribute(code="old", label="Old", kind="text", archived_at=timezone.now()),
    Attribute(code="won", label="Converted", kind="text", known_since="after_outcome"),
]
COUNTRY = {"field": "lead.country", "op": "is", "value": "DE"}
VISITED = {"did": "page_view"}


def field(key, op, *value):
    return {"field": key, "op": op, **({"value": value[0]} if value else {})}


def where(prop, op, *value):
    clause = {"property": prop, "op": op, **({"value": value[0]} if value else {})}
    return {**VISITED, "where": [clause]}


def nested(depth):
    return {"all": [nested(depth - 1)]} if depth else COUNTRY


BAD = [
    ({"all": [COUNTRY] * 201}, "more than 200 statements"),
    ({"all": [{"all": [COUNTRY] * 50}] * 5}, "more than 200 statements"),
    ({"any": [{**COUNTRY, "op": "in", "value": ["DE"] * 999}] * 6}, "more than 5,000 values"),
    ({**COUNTRY, "value": " DE"}, "value: ' DE' begins or ends with a space"),
    ({**COUNTRY, "value": "D\nE"}, "has characters that no text may have"),
    (field("bant.need", "is", "perhaps"), "value: 'perhaps' is not one of unknown, no, partly,"),
    (field("discovery.right_contact", "is", "yes"), "value: 'yes' is not true or false"),
    (field("lead.created_at", "after", "soon"), "value: 'soon' is not a date"),
    (field("lead.created_at", "contains", "2026"), "op: 'contains' does not fit a date"),
    ("DE", "'DE' is not a condition"),
    ([COUNTRY], "is not a condition"),
    (None, "None is not a condition"),
    ({}, "expected one of all, any, none, field,"),
    ({"every": [COUNTRY]}, "not 'every'"),
    ({"all": [COUNTRY], "any": [COUNTRY]}, "expected one of all, any"),
    ({"all": []}, "all: the list is empty"),
    ({"none": COUNTRY}, "none: {"),
    ({"all": [COUNTRY] * 101}, "all: more than 100 entries"),
    (nested(11), ": nested deeper than 10"),
    ({"all": [COUNTRY, field("attr.visits", "is", "abc")]},
     "all › 2 › value: 'abc' is not a number"),
    ({"any": [{"none": [COUNTRY, 7]}]}, "any › 1 › none › 2: 7 is not a condition"),
    ({**COUNTRY, "colour": "red"}, "unknown key 'colour'"),
    (field("lead.shoe_size", "is", "1"), "field: 'lead.shoe_size' is not a field"),
    (field("attr.nothing", "is", "1"), "field: 'attr.nothing' is not a field"),
    (field("attr.\0", "is", "1"), "is not a field"),
    (field(["lead.country"], "is", "1"), "field: ['lead.country'] is not a field"),
    (field("attr.old", "is", "1"), "field: “Old” is archived"),
    (field("attr.won", "is", "1"),
     "field: “Converted” is known after the outcome and barred from rules"),
    (field("lead.country", "like", "1"), "op: 'like' does not fit a text"),
    (field("lead.country", "gte", "1"), "op: 'gte' does not fit a text"),
    (field("lead.country", ["is"], "1"), "op: ['is'] does not fit a text"),
    (field("lead.company", "is", 1), "op: 'is' does not fit a company"),
    ({"field": "lead.country", "value": "DE"}, "missing key 'op'"),
    (field("lead.country", "is"), "missing key 'value'"),
    (field("lead.country", "empty", "DE"), "unexpected key 'value'"),
    (field("lead.country", "is", 5), "value: 5 is not a text"),
    (field("lead.country", "is", None), "value: None is not a text"),
    (field("lead.country", "is", ""), "value: the text is empty; “is empty” asks for that"),
    (field("lead.country", "is", "x" * 501), "value: longer than 500 characters"),
    (field("lead.country", "is", "a\0b"), "value: 'a\\x00b' has characters"),
    (field("lead.country", "is", "\ud800"), "value: '\\ud800' has characters"),
    (field("lead.country", "in", "DE"), "value: 'DE' is not a list"),
    (field("lead.country", "in", []), "value: the list is empty"),
    (field("lead.country", "in", ["DE", 5]), "value › 2: 5 is not a text"),
    (field("lead.country", "in", ["DE"] * 1001), "value: more than 1000 entries"),
    (field("attr.visits", "gt", True), "value: True is not a number"),
    (field("attr.visits", "gt", float("nan")), "value: not a number within"),
    (field("attr.visits", "gt", float("inf")), "value: not a number within"),
    (field("attr.visits", "gt", 10**400), "value: not a number within"),
    (field("attr.visits", "between", [1]), "value: expected the lower and the upper end"),
    (field("attr.visits", "between", [2, 1]), "value: expected the lower and the upper end"),
    (field("attr.visits", "between", [1, "2"]), "value › 2: '2' is not a number"),
    (field("attr.vip", "is", "yes"), "value: 'yes' is not true or false"),
    (field("attr.until", "before", "2026-02-30"), "value: '2026-02-30' is not a date"),
    (field("attr.until", "before", "20260201"), "value: '20260201' is not a date"),
    (field("attr.until", "within_days", 0), "value: 0 is not a whole number from 1 to 3650"),
    (field("attr.until", "within_days", 1.5), "value: 1.5 is not a whole number"),
    (field("company.relationship", "is", "friend"), "value: 'friend' is not one of prospect,"),
    (field("lead.campaign", "is", 0), "value: 0 is not a campaign"),
    (field("lead.campaign", "is", "Spring"), "value: 'Spring' is not a campaign"),
    ({"did": "dance"}, "did: 'dance' is not a kind of activity"),
    ({"did": ["page_view"]}, "is not a kind of activity"),
    ({**VISITED, "times": 0}, "times: 0 is not a whole number"),
    ({**VISITED, "times": True}, "times: True is not a whole number"),
    ({**VISITED, "days": "30"}, "days: '30' is not a whole number"),
    ({**VISITED, "where": []}, "where: the list is empty"),
    ({**VISITED, "where": ["x"]}, "where › 1: 'x' is not an object"),
    (where("", "is", "x"), "where › 1 › property: the text is empty"),
    (where("subject", "before", "x"), "where › 1 › op: 'before' does not fit a property"),
    (where("subject", "gte", "x"), "where › 1 › value: 'x' is not a number"),
    (where("subject", "is", None), "where › 1 › value: None is not a text"),
    (where("subject", "in", ["x", 1]), "where › 1 › value › 2: 1 is not a text"),
    ({"did_not": "form", "times": 2}, "unknown key 'times'"),
    ({"last": "form"}, "missing key 'more_than_days_ago'"),
    ({"first": "form", "more_than_days_ago": -1}, "more_than_days_ago: -1 is not a whole"),
    ({"returned": 3}, "returned: 3 is not an object"),
    ({"returned": {"on_days": 3}}, "returned: missing key 'within_days'"),
    ({"returned": {"on_days": 0, "within_days": 9}}, "returned › on_days: 0 is not a whole"),
    ({"stage": "left", "in": ["mql"]}, "stage: 'left' is not one of is_in, was_in, entered"),
    ({"stage": "is_in", "in": []}, "in: the list is empty"),
    ({"stage": "is_in", "in": ["won"]}, "in › 1: 'won' is not a stage"),
    ({"stage": "entered", "in": ["mql"]}, "“days” belongs to “entered”"),
    ({"stage": "is_in", "in": ["mql"], "days": 3}, "“days” belongs to “entered”"),
    ({"touch": {}}, "touch: expected an object of source"),
    ({"touch": {"colour": "x"}}, "touch: unknown key 'colour'"),
    ({"touch": {"source": ""}}, "touch › source: the text is empty"),
    ({"touch": {"source": "x"}, "op": "gte"}, "op: 'gte' is not one of is, contains"),
    ({"touch": {"campaign": 1}, "op": "contains"}, "touch › campaign: a campaign can only"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "problem"), BAD)
def test_bad_condition_is_refused_at_its_place(condition, problem):
    with pytest.raises(ValidationError) as refused:
        validate(condition, ATTRIBUTES)
    assert any(problem in message for message in refused.value.messages), refused.value.messages


def test_all_problems_are_told_at_once():
    with pytest.raises(ValidationError) as refused:
        validate({"all": [field("lead.x", "is", "1"), COUNTRY, {"did": "dance"}]}, ATTRIBUTES)
    assert refused.value.messages == [
        "all › 1 › field: 'lead.x' is not a field",
        "all › 3 › did: 'dance' is not a kind of activity",
    ]


def test_deepest_allowed():
    validate(nested(10), [])


def test_fields_carry_what_a_form_needs():
    listed = fields(ATTRIBUTES)
    keys = [f.key for f in listed]
    assert keys[0] == "lead.email"
    assert keys[-4:] == ["attr.tier", "attr.visits", "attr.vip", "attr.until"]  # none barred
    relationship = next(f for f in listed if f.key == "company.relationship")
    assert relationship.label == "company relationship"
    assert ("customer", "Customer") in relationship.choices
    assert [op.words for op in relationship.operators.values()][:2] == ["is", "is not"]
    assert all(f.operators for f in listed)
    assert {op.takes for op in OPERATORS.values()} == {"nothing", "one", "many", "pair", "days"}


@pytest.mark.django_db
def test_field_is_validated_with_its_model():
    rule = Rule(kind="fit", points=5, condition={"all": [COUNTRY, 7]})
    with pytest.raises(ValidationError) as refused:
        rule.full_clean(exclude=["model"])
    assert refused.value.message_dict == {"condition": ["all › 2: 7 is not a condition"]}
    rule.condition = COUNTRY
    rule.full_clean(exclude=["model"])
    path = ConditionField().deconstruct()[1]
    assert path == "leads.conditions.ConditionField"


@pytest.mark.django_db
def test_stored_condition_outlives_the_archiving_of_its_attribute():
    condition = field("attr.tier", "is", "gold")
    attribute = AttributeFactory(code="tier", label="Tier")
    validate(condition)
    LeadFactory(values={"tier": "Gold"})
    attribute.archived_at = timezone.now()
    attribute.save()
    with pytest.raises(ValidationError, match="“Tier” is archived"):
        validate(condition)
    assert Lead.objects.filter(to_q(condition, now=timezone.now())).count() == 1


def test_validation_changes_nothing():
    condition = {"all": [copy.deepcopy(COUNTRY), where("subject", "in", ["a", "b"])]}
    before = copy.deepcopy(condition)
    validate(condition, [])
    assert condition == before
