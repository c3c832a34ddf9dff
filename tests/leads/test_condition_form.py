"""The builder of conditions: shown, typed, refused at its place, never changed by only looking."""

import pytest
from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.conditions.fields import find
from leads.conditions.form import ConditionRowsField
from leads.lifecycle import Stage
from leads.models import Attribute, Campaign
from tests.browser_forms import inputs
from tests.factories import AttributeFactory
from tests.leads.condition_worlds import ATTRIBUTES, conditions

pytestmark = pytest.mark.django_db
WITH_DATABASE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FORM, EVENT, CALL = {"did": "form"}, {"did": "event"}, {"did": "call"}


def a_form(data=None, condition=None):
    class Form(forms.Form):
        rule = ConditionRowsField()

    return Form(as_posted(data) if data is not None else None, initial={"rule": condition})


def as_posted(data):
    return MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in data.items()})


def typed(*rows, match="all"):
    """What is posted for these rows; keys of a row are inputs, "w0.op" that of its property."""
    data = {"rule.0.match": match}
    for number, row in enumerate(rows):
        data |= {f"rule.0-{number}.{name}": v for name, v in ({"subject": ""} | row).items()}
    return data


def cleaned(*rows, match="all"):
    form = a_form(typed(*rows, match=match))
    assert form.is_valid(), form.errors
    return form.cleaned_data["rule"]


def after(data, action):
    """What the page holds once this button was pressed."""
    form = a_form(data | {"rule.do": action})
    assert form.errors == {"rule": ["Not saved yet: the condition was changed."]}
    return inputs(str(form["rule"]))


def problems(*rows):
    """{input name: its errors}, as they stand in the rows."""
    form = a_form(typed(*rows))
    assert not form.is_valid()
    return shown_problems(form)


def shown_problems(form):
    context = form.fields["rule"].widget.get_context("rule", form["rule"].value(), {})
    return {
        control.id: control.errors
        for part in context["group"]["parts"]
        for _, controls in part["lines"]
        for control in controls
        if control.errors
    }


def test_facts():
    AttributeFactory(code="sites", kind="number")
    AttributeFactory(code="until", kind="date")
    campaign = Campaign.objects.create(name="Hannover Messe")
    condition = cleaned(
        {"subject": "lead.country", "op": "in", "value": "DE\n AT \r\n\nCH"},
        {"subject": "attr.sites", "op": "between", "value": "3", "high": "10"},
        {"subject": "attr.until", "op": "before", "value": "2026-05-01"},
        {"subject": "lead.created_at", "op": "within_days", "value": "7"},
        {"subject": "lead.on_target_list", "op": "is", "value": "yes"},
        {"subject": "company.relationship", "op": "is_not", "value": "former"},
        {"subject": "lead.campaign", "op": "in", "value": [str(campaign.pk)]},
        {"subject": "lead.phone", "op": "not_empty"},
        {"subject": "bant.budget", "op": "in", "value": ["partly", "yes"]},
        {"subject": "discovery.right_contact", "op": "is", "value": "no"},
        match="any",
    )
    assert condition == {
        "any": [
            {"field": "lead.country", "op": "in", "value": ["DE", "AT", "CH"]},
            {"field": "attr.sites", "op": "between", "value": [3, 10]},
            {"field": "attr.until", "op": "before", "value": "2026-05-01"},
            {"field": "lead.created_at", "op": "within_days", "value": 7},
            {"field": "lead.on_target_list", "op": "is", "value": True},
            {"field": "company.relationship", "op": "is_not", "value": "former"},
            {"field": "lead.campaign", "op": "in", "value": [campaign.pk]},
            {"field": "lead.phone", "op": "not_empty"},
            {"field": "bant.budget", "op": "in", "value": ["partly", "yes"]},
            {"field": "discovery.right_contact", "op": "is", "value": False},
        ]
    }


def test_what_they_did_and_where_they_stand():
    condition = cleaned(
        {"subject": "did", "kind": "page_view", "times": "2", "days": "30",
         "w0.property": "", "w0.op": "text:contains", "w0.value": "/pricing",
         "w1.property": "seconds", "w1.op": "number:gte", "w1.value": "60"},
        {"subject": "did_not", "kind": "any", "w0.property": "", "w0.op": ""},
        {"subject": "last", "kind": "page_view", "days": "30"},
        {"subject": "returned", "times": "3", "days": "14"},
        {"subject": "stage", "kind": "entered", "value": ["mql", "sal"], "days": "7"},
        {"subject": "stage", "kind": "was_in", "value": ["customer"]},
        {"subject": "touch", "op": "contains", "source": "goo", "medium": "cpc", "campaign": ""},
        match="none",
    )  # fmt: skip
    pricing = {"property": "subject", "op": "contains", "value": "/pricing"}
    long = {"property": "seconds", "op": "gte", "value": 60}
    assert condition == {
        "none": [
            {"did": "page_view", "where": [pricing, long], "times": 2, "days": 30},
            {"did_not": "any"},
            {"last": "page_view", "more_than_days_ago": 30},
            {"returned": {"on_days": 3, "within_days": 14}},
            {"stage": "entered", "in": ["mql", "sal"], "days": 7},
            {"stage": "was_in", "in": ["customer"]},
            {"touch": {"source": "goo", "medium": "cpc"}, "op": "contains"},
        ]
    }


def test_one_row_stands_for_itself():
    webinar = {"subject": "did", "kind": "webinar"}
    assert cleaned({}, webinar, {}) == {"did": "webinar"}
    assert cleaned(webinar, match="none") == {"none": [{"did": "webinar"}]}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"op": "is", "value": "DE"}, "subject"),
        ({"subject": "lead.shoe_size", "op": "is", "value": "43"}, "subject"),
        ({"subject": "lead.country"}, "op"),
        ({"subject": "lead.country", "op": "lt", "value": "DE"}, "op"),
        ({"subject": "lead.country", "op": "is"}, "value"),
        ({"subject": "lead.country", "op": "in", "value": "\n \n"}, "value"),
        ({"subject": "company.employees", "op": "gte", "value": "many"}, "value"),
        ({"subject": "company.employees", "op": "gte", "value": "nan"}, "value"),
        ({"subject": "company.employees", "op": "between", "value": "9"}, "value"),
        ({"subject": "company.employees", "op": "between", "value": "9", "high": "3"}, "value"),
        ({"subject": "company.relationship", "op": "is", "value": "friend"}, "value"),
        ({"subject": "lead.campaign", "op": "is", "value": "no such"}, "value"),
        ({"subject": "did"}, "kind"),
        ({"subject": "did", "kind": "dance"}, "kind"),
        ({"subject": "did", "kind": "form", "times": "0"}, "times"),
        ({"subject": "did", "kind": "form", "days": "99999"}, "days"),
        ({"subject": "did", "kind": "form", "w0.property": "", "w0.op": "", "w1.property": "a",
          "w1.op": "number:gte", "w1.value": "b"}, "w1.value"),
        ({"subject": "did", "kind": "form", "w0.op": "text:is", "w0.value": "a\0b"}, "w0.value"),
        ({"subject": "did", "kind": "form", "w0.property": "subject", "w0.value": "a"}, "w0.op"),
        ({"subject": "last", "kind": "form"}, "days"),
        ({"subject": "returned", "days": "14"}, "times"),
        ({"subject": "stage", "kind": "is_in"}, "value"),
        ({"subject": "stage", "kind": "is_in", "value": "asleep"}, "value"),
        ({"subject": "touch", "op": "is"}, "source"),
        ({"subject": "touch", "op": "contains", "campaign": "1"}, "campaign"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_input(row, place):
    webinar = {"subject": "did", "kind": "webinar"}
    assert set(problems(webinar, row)) == {f"rule.0-1.{place}"}


def test_a_condition_needs_a_row():
    assert a_form(typed({}, {})).errors == {"rule": ["Fill in at least one row."]}


def test_a_page_of_errors_keeps_what_was_typed():
    form = a_form(typed({"subject": "company.employees", "op": "gt", "value": "<b>"}))
    assert form.errors == {"rule": ["Not right yet: row 1."]}
    html = str(form)
    assert "&lt;b&gt;" in html
    assert '<option value="company.employees" selected>' in html
    assert 'aria-invalid="true"' in html


def test_a_row_offers_only_what_fits_its_field():
    html = str(a_form(condition={"field": "company.employees", "op": "gte", "value": 5}))
    assert "is at least" in html
    assert "starts with" not in html
    date = {"field": "lead.created_at", "op": "after", "value": "2026-05-01"}
    assert 'type="date"' in str(a_form(condition=date))


def test_groups_nest_and_say_what_they_mean():
    nested = {"all": [{"any": [FORM, {"none": [EVENT, CALL]}]}, {"did": "webinar"}]}
    form = a_form(inputs(str(a_form(condition=nested)["rule"])), nested)
    assert form.is_valid()
    assert form.cleaned_data["rule"] == nested
    assert "In words:" in str(form)
    assert "(any of: filled in a form; (none of: attended an event; had a call))" in str(form)


def test_buttons_add_and_remove():
    data = typed({"subject": "did", "kind": "form"})
    data = after(data, "row 0")
    data |= {"rule.0-1.subject": "did", "rule.0-1.kind": "event"}
    data = after(data, "group 0")
    assert data["rule.0-2.match"] == "any"
    data |= {"rule.0-2-0.subject": "did_not", "rule.0-2-0.kind": "call"}
    data = after(data, "clause 0-1")
    data |= {"rule.0-1.w1.op": "text:is", "rule.0-1.w1.value": "Fair"}
    data = after(data, "drop 0-1 0")
    data = after(data, "remove 0-0")
    form = a_form(data)
    assert form.is_valid(), form.errors
    fair = [{"property": "subject", "op": "is", "value": "Fair"}]
    assert form.cleaned_data["rule"] == {
        "all": [{"did": "event", "where": fair}, {"any": [{"did_not": "call"}]}]
    }


def test_an_archived_attribute_is_told_where_it_stands():
    AttributeFactory(code="tier", label="Tier", archived_at=timezone.now())
    condition = {"field": "attr.tier", "op": "is", "value": "gold"}
    form = a_form(condition=condition)
    assert shown_problems(form) == {"rule.0-0.subject": ["“Tier” is archived"]}
    assert "Tier (archived)" in str(form)
    form = a_form(inputs(str(form)), condition)
    assert form.errors == {"rule": ["Not right yet: row 1."]}


@WITH_DATABASE
@given(conditions)
def test_looking_and_saving_changes_nothing(db, condition):
    Attribute.objects.bulk_create(ATTRIBUTES, ignore_conflicts=True)
    Campaign.objects.bulk_create(
        [Campaign(pk=pk, name=f"Campaign {pk}") for pk in (1, 2)], ignore_conflicts=True
    )
    condition = plainly(condition)
    form = a_form(inputs(str(a_form(condition=condition))), condition)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rule"] == condition
    assert not form.has_changed()


def plainly(node):
    """As the builder says it: no "op": "is" of a touch, choices once and in the order offered."""
    group = next((name for name in ("all", "any", "none") if name in node), None)
    if group:
        return {group: [plainly(child) for child in node[group]]}
    if "stage" in node:
        return node | {"in": [stage for stage in Stage.values if stage in node["in"]]}
    if node.get("op") in ("in", "not_in"):
        field = find(node["field"], ATTRIBUTES)
        if offered := [value for value, _ in field.options] or [1, 2, 3] * (
            field.kind == "campaign"
        ):
            return node | {"value": [value for value in offered if value in node["value"]]}
    return {k: v for k, v in node.items() if "touch" not in node or (k, v) != ("op", "is")}


_places = st.sampled_from(
    ["0", "0-0", "0-1", "0-1-0", "0-99", "0" + "-0" * 11, "0" + "-0" * 99, "x"]
)
_inputs = st.sampled_from(["match", "subject", "kind", "op", "value", "high", "times", "days",
                           "source", "campaign", "w0.op", "w0.value", "w1.property"])  # fmt: skip
_names = st.builds("rule.{}.{}".format, _places, _inputs)
_garbage = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "lead.country", "did", "last", "returned", "stage", "touch", "attr.", "bant.need",
        "between", "in", "within_days", "text:in", "boolean:is", "any", "entered", "1e999",
        "-1", "9" * 5000,
        "\ud800", "\n,\n", "{}", "remove 0-0", "row 0-1", "clause 0-0", "drop 0-0 9",
        "group 0-0-0",
    ]),
)  # fmt: skip


@WITH_DATABASE
@given(st.dictionaries(st.one_of(_names, st.just("rule.do")), _garbage, max_size=14))
def test_garbage_is_refused_and_breaks_nothing(db, posted):
    form = a_form({"rule.0.match": "all"} | posted)
    form.is_valid()
    str(form)
