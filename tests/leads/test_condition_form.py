"""Conditions as rows: shown, typed, refused at their place, and never changed by only looking."""

from html.parser import HTMLParser

import pytest
from django import forms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.conditions.form import ConditionRowsField
from leads.models import Attribute, Campaign
from tests.factories import AttributeFactory
from tests.leads.condition_worlds import ATTRIBUTES, conditions

pytestmark = pytest.mark.django_db
WITH_DATABASE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def a_form(data=None, condition=None):
    class Form(forms.Form):
        rule = ConditionRowsField()

    return Form(data, initial={"rule": condition})


def typed(*rows, match="all"):
    data = {"rule-match": match}
    for number, row in enumerate(rows):
        data |= {f"rule-{number}-{name}": value for name, value in ({"subject": ""} | row).items()}
    return data


def cleaned(*rows, match="all"):
    form = a_form(typed(*rows, match=match))
    assert form.is_valid(), form.errors
    return form.cleaned_data["rule"]


def problems(*rows):
    """{input name: its errors}, as they stand in the rows."""
    form = a_form(typed(*rows))
    assert not form.is_valid()
    return {
        field.html_name: field.errors
        for row in form["rule"].value().rows
        for field in row
        if field.errors
    }


def test_facts():
    AttributeFactory(code="sites", kind="number")
    campaign = Campaign.objects.create(name="Hannover Messe")
    condition = cleaned(
        {"subject": "lead.country", "op": "in", "value": "DE, AT ,CH"},
        {"subject": "attr.sites", "op": "between", "value": "3 and 10"},
        {"subject": "lead.on_target_list", "op": "is", "value": "Yes"},
        {"subject": "company.relationship", "op": "is_not", "value": "Former customer"},
        {"subject": "lead.campaign", "op": "is", "value": "hannover messe"},
        {"subject": "lead.phone", "op": "not_empty"},
        match="any",
    )
    assert condition == {
        "any": [
            {"field": "lead.country", "op": "in", "value": ["DE", "AT", "CH"]},
            {"field": "attr.sites", "op": "between", "value": [3, 10]},
            {"field": "lead.on_target_list", "op": "is", "value": True},
            {"field": "company.relationship", "op": "is_not", "value": "former"},
            {"field": "lead.campaign", "op": "is", "value": campaign.pk},
            {"field": "lead.phone", "op": "not_empty"},
        ]
    }


def test_activities():
    condition = cleaned(
        {
            "subject": "did:page_view",
            "op": "contains",
            "value": "/pricing",
            "times": "2",
            "days": "30",
        },
        {"subject": "did_not:call", "property": "minutes", "op": "gte", "value": "5"},
        {"subject": "returned", "times": "3", "days": "14"},
        match="none",
    )
    pricing = [{"property": "subject", "op": "contains", "value": "/pricing"}]
    long_call = [{"property": "minutes", "op": "gte", "value": 5}]
    assert condition == {
        "none": [
            {"did": "page_view", "where": pricing, "times": 2, "days": 30},
            {"did_not": "call", "where": long_call},
            {"returned": {"on_days": 3, "within_days": 14}},
        ]
    }


def test_one_row_stands_for_itself():
    assert cleaned({}, {"subject": "did:webinar"}, {}) == {"did": "webinar"}
    assert cleaned({"subject": "did:webinar"}, match="none") == {"none": [{"did": "webinar"}]}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"op": "is", "value": "DE"}, "subject"),
        ({"subject": "lead.shoe_size", "op": "is", "value": "43"}, "subject"),
        ({"subject": "lead.country"}, "op"),
        ({"subject": "lead.country", "op": "lt", "value": "DE"}, "op"),
        ({"subject": "lead.country", "op": "is"}, "value"),
        ({"subject": "lead.country", "op": "empty", "value": "DE"}, "value"),
        ({"subject": "lead.country", "op": "is", "value": "DE", "days": "3"}, "days"),
        ({"subject": "company.employees", "op": "gte", "value": "many"}, "value"),
        ({"subject": "company.employees", "op": "gte", "value": "nan"}, "value"),
        ({"subject": "company.employees", "op": "between", "value": "9"}, "value"),
        ({"subject": "company.employees", "op": "between", "value": "9 and 3"}, "value"),
        ({"subject": "company.relationship", "op": "is", "value": "friend"}, "value"),
        ({"subject": "lead.campaign", "op": "is", "value": "no such"}, "value"),
        ({"subject": "did:page_view", "times": "0"}, "times"),
        ({"subject": "did:page_view", "days": "99999"}, "days"),
        ({"subject": "did:page_view", "property": "subject"}, "op"),
        ({"subject": "did_not:page_view", "times": "2"}, "times"),
        ({"subject": "did:page_view", "op": "is", "value": "a\0b"}, "value"),
        ({"subject": "returned", "days": "14"}, "times"),
    ],
)
def test_what_is_wrong_is_said_at_its_input(row, place):
    assert set(problems({"subject": "did:webinar"}, row)) == {f"rule-1-{place}"}


def test_a_condition_needs_a_row():
    form = a_form(typed({}, {}))
    assert form.errors == {"rule": ["Fill in at least one row."]}


def test_a_page_of_errors_keeps_what_was_typed():
    form = a_form(typed({"subject": "lead.country", "op": "gt", "value": "<b>"}))
    assert not form.is_valid()
    html = str(form)
    assert "&lt;b&gt;" in html
    assert '<option value="lead.country" selected>' in html


def test_a_nested_condition_is_shown_in_words_and_kept():
    nested = {"all": [{"any": [{"did": "form"}, {"did": "event"}]}, {"did": "webinar"}]}
    form = a_form(typed({"subject": "did:call"}), nested)
    assert form.is_valid()
    assert form.cleaned_data["rule"] == nested
    assert not form.has_changed()
    assert "filled in a form" in str(a_form(condition=nested))


@WITH_DATABASE
@given(conditions)
def test_looking_and_saving_changes_nothing(db, condition):
    Attribute.objects.bulk_create(ATTRIBUTES, ignore_conflicts=True)
    Campaign.objects.bulk_create(
        [Campaign(pk=pk, name=f"Campaign {pk}") for pk in (1, 2)], ignore_conflicts=True
    )
    shown = _Inputs(str(a_form(condition=condition))).values
    form = a_form(shown, condition)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rule"] == condition
    assert not form.has_changed()


_inputs = st.sampled_from(["match", *(f"{n}-{i}" for n in (0, 1, 11, 12) for i in
           ("subject", "property", "op", "value", "times", "days"))])  # fmt: skip
_garbage = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["lead.country", "did:page_view", "did:", "returned", "attr.", "between", "in",
                     "within_days", "1e999", "-1", "9" * 5000, "\ud800", ",", "{}"]),
)  # fmt: skip


@WITH_DATABASE
@given(st.dictionaries(_inputs, _garbage, max_size=12))
def test_garbage_is_refused_and_breaks_nothing(db, posted):
    form = a_form({f"rule-{name}": value for name, value in posted.items()})
    form.is_valid()
    str(form)


class _Inputs(HTMLParser):
    """What a browser would post of a page."""

    def __init__(self, html):
        super().__init__()
        self.values, self.select = {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input" and "name" in attrs:
            self.values[attrs["name"]] = attrs.get("value", "")
        elif tag == "select":
            self.select = attrs["name"]
        elif tag == "option" and ("selected" in attrs or self.select not in self.values):
            self.values[self.select] = attrs["value"]
