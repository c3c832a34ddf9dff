"""Custom attributes are typed on every way in: pages and commands, bulk writes, bare SQL."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from leads.capture import capture
from leads.models import Lead, LeadAttributes
from tests.factories import AttributeFactory, LeadFactory

pytestmark = pytest.mark.django_db
FITTING = {"text": "", "number": 2.5, "boolean": False, "date": "2024-02-29"}
WRONG = [
    ("text", 5), ("text", True), ("text", None), ("text", ["a"]), ("text", {"a": 1}),
    ("number", "5"), ("number", True), ("number", None), ("number", [5]),
    ("boolean", "true"), ("boolean", 1), ("boolean", None),
    ("date", "soon"), ("date", ""), ("date", 20260501), ("date", None), ("date", "1.5.2026"),
    ("date", "2026-02-30"), ("date", "2026-05-01T10:00"), ("date", "2026-5-1"),
    ("date", "20260501"),
    ("nobody_made_this", "x"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _attributes():
    for kind in FITTING:
        AttributeFactory(code=kind, kind=kind, label=kind.capitalize())


def by_insert(values):
    lead = LeadFactory()
    LeadAttributes.objects.filter(lead=lead).delete()
    LeadAttributes.objects.bulk_create([LeadAttributes(lead=lead, values=values)])


def by_update(values):
    LeadFactory()
    LeadAttributes.objects.update(values=values)


def by_sql(values):
    LeadFactory(values=FITTING)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_leadattributes SET values = values || %s", [json.dumps(values)]
        )


WAYS = [by_insert, by_update, by_sql]


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize(("code", "value"), WRONG, ids=repr)
def test_the_database_refuses_what_does_not_fit(write, code, value):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        write({code: value})
    assert not LeadAttributes.objects.filter(values__has_key=code).exists()


@pytest.mark.parametrize("write", WAYS)
def test_the_database_takes_what_fits(write):
    write(FITTING)
    assert LeadAttributes.objects.get().values == FITTING


def test_one_wrong_value_of_many_leads_is_found_and_named():
    leads = [LeadFactory() for _ in range(3)]
    LeadAttributes.objects.all().delete()
    rows = [LeadAttributes(lead=lead, values=FITTING) for lead in leads]
    rows[1].values = FITTING | {"number": "many"}
    named = f'attribute number of lead {leads[1].pk}: "many" is not a number'
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        LeadAttributes.objects.bulk_create(rows)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        *WRONG,
        ("text", "a\0b"),
        ("text", "a\ud800"),
        ("number", float("nan")),
        ("number", 10**400),
    ],
    ids=repr,
)
def test_a_capture_says_what_is_wrong_and_writes_nothing(code, value):
    with pytest.raises(ValidationError) as refused:
        capture(now=timezone.now(), email="a@b.test", attributes=FITTING | {code: value})
    assert list(refused.value.message_dict) == [code]
    assert not Lead.objects.exists()


def test_a_capture_of_what_fits():
    lead = capture(now=timezone.now(), email="a@b.test", attributes=FITTING)
    assert lead.attributes.values == FITTING
