"""Empty values: comparisons are false, "is not" is true, and "none of" is never NULL."""

from datetime import UTC, datetime

import pytest

from leads.conditions import to_q
from leads.conditions.fields import find
from leads.models import Lead, LeadAttributes
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TRUE_OF_EMPTY = {"is_not", "not_in", "empty"}
SAMPLES = {
    "text": "a",
    "choice": "partly",
    "number": 1,
    "boolean": True,
    "date": "2026-05-01",
    "campaign": 1,
}
EMPTY = {
    "lead.country": [""],
    "lead.campaign": [None],
    "lead.company": [None],
    "company.industry": ["", "no company"],
    "company.employees": [None, "no company"],
    "company.relationship": ["no company"],
    "bant.budget": ["no row"],
    "discovery.right_contact": ["no row"],
    "attr.text": ["", "no key", "no row"],
    "attr.number": ["no key", "no row"],
    "attr.boolean": ["no key", "no row"],
    "attr.date": ["no key", "no row"],
}


@pytest.mark.parametrize("clock", ["now", "as_of"])
@pytest.mark.parametrize(
    ("key", "stored"), [(key, stored) for key, values in EMPTY.items() for stored in values]
)
def test_empty(key, stored, clock):
    _lead(key, stored)
    kind = find(key).kind
    for op, operator in find(key).operators.items():
        condition = {"field": key, "op": op, "value": _operand(operator.takes, kind)}
        true = to_q(condition, **{clock: NOW})
        none = to_q({"none": [condition]}, **{clock: NOW})
        found = (Lead.objects.filter(true).exists(), Lead.objects.filter(none).exists())
        assert found == (op in TRUE_OF_EMPTY, op not in TRUE_OF_EMPTY), op


def test_not_empty():
    """False and zero are values."""
    _lead("attr.boolean", False)
    LeadAttributes.objects.update(values={"boolean": False, "number": 0})
    for key in ("attr.boolean", "attr.number", "lead.do_not_contact"):
        assert Lead.objects.filter(to_q({"field": key, "op": "not_empty"}, now=NOW)).exists()


def _lead(key, stored):
    AttributeFactory(code="text", kind="text")
    AttributeFactory(code="number", kind="number")
    AttributeFactory(code="boolean", kind="boolean")
    AttributeFactory(code="date", kind="date")
    subject, _, name = key.partition(".")
    company = None
    if subject == "company" and stored != "no company":
        company = CompanyFactory(**{name: stored})
    facts = {name: stored} if subject == "lead" else {}
    values = {name: stored} if subject == "attr" and stored not in ("no key", "no row") else {}
    lead = LeadFactory(company=company, values=values) if not facts else LeadFactory(**facts)
    if stored == "no row":
        LeadAttributes.objects.filter(lead=lead).delete()


def _operand(takes, kind):
    if takes in ("nothing", "days"):
        return 3
    sample = SAMPLES[kind]
    return {"one": sample, "many": [sample], "pair": [sample, sample]}[takes]
