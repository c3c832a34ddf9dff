"""Whatever a condition says, it is compared and never run: the SQL does not depend on its texts."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leads.conditions import countable_q, of_kind_q, to_q, validate, words
from leads.models import Activity, Attribute, Lead, Touch
from tests.factories import ActivityFactory, AttributeFactory, CompanyFactory, LeadFactory
from tests.leads.condition_worlds import START

pytestmark = pytest.mark.django_db
TIER = Attribute(code="tier", label="Tier", kind="text", known_since="capture")
OTHER = "something else"
_texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.text("'\"\\%$;-_{}()* \t\n\0ab", max_size=20),
)


def conditions_of(said):
    """One of each kind that holds a text, asked of a lead whose facts are that text."""
    where = [{"property": name, "op": "is", "value": said} for name in ("subject", said)]
    asked = [
        {"field": key, "value": said} for key in ("lead.city", "company.industry", "attr.tier")
    ]
    yield from ({**node, "op": op} for node in asked for op in ("is", "contains", "starts_with"))
    yield from ({**node, "op": "in", "value": [said, said]} for node in asked)
    yield {"did": "page_view", "where": where}
    yield {"last": "page_view", "where": where[1:], "more_than_days_ago": 1}
    yield {"touch": {"source": said, "landing_page": said}}
    yield {"touch": {"source": said}, "op": "contains"}


def is_refused(condition):
    try:
        validate(condition, [TIER])
    except ValidationError as refused:
        return all(refused.messages)
    return False


def a_lead_of(said):
    company = CompanyFactory(industry=said, domain="")
    lead = LeadFactory(city=said, values={"tier": said}, company=company)
    ActivityFactory(lead=lead, subject=said, properties={said: said}, happened_at=START)
    seen = {"happened_at": START, "recorded_at": START}
    Touch.objects.create(lead=lead, source=said, landing_page=said, **seen)
    return lead


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_texts)
@example("'; DROP TABLE leads_lead; --")
@example("%s %(x)s %")
@example("a\0b")
@example("$$ $1 \\' E'")
def test_the_sql_does_not_depend_on_the_text(db, said):
    later = START.replace(year=2027)
    refused = [is_refused(condition) for condition in conditions_of(said)]
    assert len(set(refused)) == 1
    if refused[0]:
        return
    with transaction.atomic():
        AttributeFactory(code="tier")
        lead = a_lead_of(said)
        a_lead_of(f"x{said}x")
        for condition, plain in zip(conditions_of(said), conditions_of(OTHER), strict=True):
            for clock in ({"now": later}, {"as_of": later}):
                found = Lead.objects.filter(to_q(condition, attributes=[TIER], **clock))
                usual = Lead.objects.filter(to_q(plain, attributes=[TIER], **clock))
                assert found.query.sql_with_params()[0] == usual.query.sql_with_params()[0]
                with CaptureQueriesContext(connection) as asked:
                    matching = set(found)
                assert len(asked) == 1
                assert lead in matching
                assert len(matching) == 1 or "contains" in condition.values()
            assert words(condition, [TIER])
        said_of = {"did": "page_view", "where": [{"property": said, "op": "is", "value": said}]}
        counted = Activity.objects.filter(countable_q() & of_kind_q(said_of, now=later))
        assert counted.get().lead == lead
        transaction.set_rollback(True)


@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["all", "any", "none", "field", "op", "value", "did", "where", "in",
                             "property", "stage", "touch", "returned", "on_days", "days", "times"]),
            st.one_of(inner, st.sampled_from(["lead.city", "is", "in", "between", "form", "mql"])),
            max_size=4,
        ),
    ),
    max_leaves=12,
))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_json_is_valid_or_refused_in_words(json):
    if is_refused(json):
        return
    assert words(json, [TIER])
    str(Lead.objects.filter(to_q(json, now=START, attributes=[TIER])).query)


def test_no_depth_breaks_it():
    deep_group, deep_value = {"did": "form"}, "x"
    for _ in range(100_000):
        deep_group, deep_value = {"all": [deep_group]}, [deep_value]
    for condition in (
        deep_group,
        {"field": "lead.city", "op": "in", "value": deep_value},
        {"did": "form", "where": deep_value},
        {"touch": deep_value},
    ):
        assert is_refused(condition)
