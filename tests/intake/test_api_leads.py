"""Leads that other systems send: known or new, each with an answer of its own."""

import pytest

from accounts import roles
from leads import tombstones
from leads.models import Company, Consent, ExternalId, FieldChange, Lead, LeadEvent
from tests.api_client import System
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = "2026-03-02T09:00:00+01:00"


@pytest.fixture
def system():
    return System("leads:write", system="hubspot")


def sent(system, *items, **said):
    answer = system.post("/leads", {"items": list(items), **said})
    assert answer.status_code == 200, answer.text
    return answer.json()


def one(system, item, **said):
    return sent(system, item, **said)["items"][0]


def refused(system, item, field, words=""):
    before = Lead.objects.count()
    answer = one(system, item)
    assert (answer["outcome"], answer["problem"]["field"]) == ("refused", field)
    assert words in answer["problem"]["message"]
    assert Lead.objects.count() == before


def test_a_new_person_with_everything(system):
    AttributeFactory(code="seats", kind="number")
    item = {
        "email": "Anke@Halden.example",
        "external_id": "7",
        "first_name": " Anke ",
        "country": "DE",
        "phone": "0561 5550142",
        "company": {"domain": "https://www.halden.example/x", "employees": 240},
        "attributes": {"seats": 12},
        "consents": [{"purpose": "phone", "given": True, "happened_at": AT}],
    }
    answer = one(system, item)
    lead = Lead.objects.get()
    assert answer == {"id": lead.pk, "outcome": "created", "problem": None}
    assert (lead.email, lead.first_name) == ("Anke@halden.example", "Anke")
    assert lead.phone.startswith("+49")
    assert (lead.company.domain, lead.company.employees) == ("halden.example", 240)
    assert lead.attributes.values == {"seats": 12}
    assert ExternalId.objects.get().system == "hubspot"
    assert Consent.objects.get().source == "api HubSpot"
    assert LeadEvent.objects.get().details["api_key"] == "HubSpot"


def test_sent_twice_it_changes_nothing(system):
    item = {
        "email": "a@b.example",
        "city": "Kassel",
        "consents": [{"purpose": "phone", "given": True, "happened_at": AT}],
    }
    assert [one(system, item)["outcome"] for _ in range(2)] == ["created", "unchanged"]
    assert (Lead.objects.count(), Consent.objects.count()) == (1, 1)


def test_fill_keeps_and_overwrite_replaces(system):
    LeadFactory(email="a@b.example", city="Kassel", job_title="")
    item = {"email": "a@b.example", "city": "Gent", "job_title": "CTO"}
    assert one(system, item)["outcome"] == "updated"
    assert (Lead.objects.get().city, Lead.objects.get().job_title) == ("Kassel", "CTO")
    assert one(system, item, write="overwrite")["outcome"] == "updated"
    assert Lead.objects.get().city == "Gent"
    assert FieldChange.objects.filter(field="city").get().source == "api HubSpot"


def test_ids_belong_to_the_system_of_the_key(system):
    first = one(system, {"external_id": "7"})
    other = System("leads:write", name="Odoo")
    assert one(other, {"external_id": "7"})["id"] != first["id"]
    assert one(system, {"external_id": "7", "email": "a@b.example"})["id"] == first["id"]


def test_one_who_is_refused_keeps_nobody_out(system):
    answer = sent(system, {"email": "nonsense"}, {"email": "a@b.example"})
    assert [item["outcome"] for item in answer["items"]] == ["refused", "created"]
    assert (answer["created"], answer["refused"]) == (1, 1)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({}, "email"),
        ({"phone": "0561 555"}, "phone"),
        ({"email": "a@"}, "email"),
        ({"email": "a@b.example", "attributes": {"nope": 1}}, "attributes.nope"),
        ({"email": "a@b.example", "attributes": {"seats": "many"}}, "attributes.seats"),
        ({"email": "a@b.example", "campaign": "nope"}, "campaign"),
        ({"email": "a@b.example", "company": {"city": "Gent"}}, "company.name"),
        ({"email": "a@b.example", "company": {"domain": "no web"}}, "company.domain"),
        ({"email": "a@b.example", "company": {"domain": "İ" * 190 + ".de"}}, "company.domain"),
    ],
)
def test_what_is_wrong_with_one_is_told_at_its_field(system, item, field):
    AttributeFactory(code="seats", kind="number")
    refused(system, item, field)


def test_who_was_erased_stays_away(system):
    tombstones.bury(tombstones.keys_of("a@b.example"), now=AT)
    refused(system, {"email": "a@b.example"}, "", "erased")


def test_a_match_out_of_sight_is_told_without_more():
    rep = RepFactory()
    LeadFactory(email="a@b.example", city="")
    system = System("leads:write", acts_as=rep)
    refused(system, {"email": "a@b.example", "city": "Gent"}, "", "not to this key")
    assert Lead.objects.get().city == ""
    marketing = System("leads:write", name="m", acts_as=UserFactory(role=roles.MARKETER))
    assert one(marketing, {"email": "a@b.example", "city": "Gent"})["outcome"] == "updated"


def test_thirty_cost_as_many_queries_as_one(system, django_assert_max_num_queries):
    AttributeFactory(code="seats", kind="number")
    CompanyFactory(domain="k0.example")

    def people(numbers):
        return {
            "items": [
                {
                    "email": f"p{i}@k{i}.example",
                    "company": {"name": f"K{i}"},
                    "external_id": f"{i}",
                    "attributes": {"seats": i},
                    "consents": [{"purpose": "phone", "given": True, "happened_at": AT}],
                }
                for i in numbers
            ]
        }

    system.post("/leads", people([0]))
    with django_assert_max_num_queries(60) as for_one:
        system.post("/leads", people([1]))
    with django_assert_max_num_queries(len(for_one)):
        system.post("/leads", people(range(2, 32)))
    assert Company.objects.count() == 32
