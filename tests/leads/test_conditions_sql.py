"""The SQL of a condition equals the plain Python reference, now and as of any moment."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Case, Count, Value, When
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.conditions import countable_q, of_kind_q, to_q, validate, words
from leads.models import Activity, Lead, Touch
from tests.factories import ActivityFactory, AttributeFactory, CompanyFactory, LeadFactory
from tests.leads.condition_history import facts_at, play
from tests.leads.condition_reference import activities, holds
from tests.leads.condition_worlds import (
    ATTRIBUTES,
    HOURS,
    KINDS,
    START,
    conditions_about,
    histories,
    moments_in,
)

pytestmark = pytest.mark.django_db
END = START + timedelta(hours=HOURS + 1)  # after all that happens


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data(), histories())
def test_sql_equals_reference(db, data, history):
    said = data.draw(st.lists(conditions_about(history), min_size=6, max_size=10))
    moments = data.draw(st.lists(moments_in(history), min_size=2, max_size=3, unique=True))
    at_end, then = facts_at(history, END), [(facts_at(history, m), m) for m in moments]
    for condition in said:
        validate(condition, ATTRIBUTES)
        assert words(condition, ATTRIBUTES)
    with transaction.atomic():
        play(history)
        for condition in said:
            _check(condition, at_end, END, now=END)
            for facts, moment in then:
                _check(condition, facts, moment, as_of=moment)
        transaction.set_rollback(True)


def _check(condition, facts, moment, **clock):
    expected = {pk: holds(condition, lead, moment, KINDS) for pk, lead in facts.items()}
    q = to_q(condition, attributes=ATTRIBUTES, **clock)
    said = Case(
        When(q, then=Value("true")), When(~q, then=Value("false")), default=Value("neither")
    )
    found = dict(Lead.objects.annotate(said=said).values_list("pk", "said"))
    assert found == {pk: str(true).lower() for pk, true in expected.items()}
    assert set(Lead.objects.filter(q).values_list("pk", flat=True)) == {
        pk for pk, true in expected.items() if true
    }
    if "did" in condition:
        q = countable_q(clock.get("as_of")) & of_kind_q(condition, now=moment)
        counted = Activity.objects.filter(q).values_list("lead")
        assert dict(counted.annotate(n=Count("pk"))) == {
            pk: n
            for pk, lead in facts.items()
            if (n := len(activities(condition, "did", lead, moment)))
        }


@pytest.mark.parametrize(
    "said", ["'; DROP TABLE leads_lead; --", "%s %(x)s %", "\\", '"', "$1", "{}"]
)
def test_values_are_only_values(db, said):
    """Whatever a value, a property or a campaign's source says, it is compared and never run."""
    AttributeFactory(code="tier")
    lead = LeadFactory(city=said, values={"tier": said}, company=CompanyFactory(industry=said))
    ActivityFactory(lead=lead, subject=said, properties={said: said}, recorded_at=END)
    Touch.objects.create(lead=lead, source=said, happened_at=END, recorded_at=END)
    LeadFactory()
    where = [{"property": p, "op": "is", "value": said} for p in ("subject", said)]
    asked = [{"field": f, "value": said} for f in ("lead.city", "company.industry", "attr.tier")]
    ops = ("is", "contains", "starts_with")
    conditions = [{**node, "op": op} for node in asked for op in ops]
    conditions += [{"did": "page_view", "where": where}, {"touch": {"source": said}}]
    for condition in conditions:
        validate(condition, ATTRIBUTES)
        for clock in ({"now": END}, {"as_of": END}):
            found = Lead.objects.filter(to_q(condition, attributes=ATTRIBUTES, **clock))
            assert list(found) == [lead], condition


def test_composes_with_any_queryset(db):
    lead = LeadFactory(country="AT", company=CompanyFactory(industry="Steel"))
    ActivityFactory(lead=lead, happened_at=END)
    LeadFactory(country="DE")
    steel = {"field": "company.industry", "op": "is", "value": "steel"}
    q = to_q({"all": [steel, {"did": "page_view"}]}, now=END)
    leads = Lead.objects.filter(company__country="DE").filter(q)
    assert list(leads) == [lead]
    assert list(Lead.objects.exclude(q).values_list("country", flat=True)) == ["DE"]
    assert Lead.objects.aggregate(n=Count("pk", filter=q)) == {"n": 1}
    assert Activity.objects.filter(lead__in=Lead.objects.filter(q)).count() == 1
    assert Lead.objects.filter(q).update(score=5) == 1


def test_lead_columns_need_no_join_and_no_subquery(db):
    condition = {"field": "lead.country", "op": "is", "value": "DE"}
    sql = str(Lead.objects.filter(to_q(condition, now=END)).only("pk").query)
    assert sql.count("SELECT") == 1
    assert "JOIN" not in sql
    assert "COALESCE" not in sql


def test_needs_a_clock():
    with pytest.raises(TypeError):
        to_q({"did": "form"})
