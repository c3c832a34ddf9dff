"""Whoever arrives is the lead they are already, or a new one; through one door for all doors."""

import pytest
from django.utils import timezone

from leads import tombstones
from leads.arriving import Person, arrive
from leads.models import Company, ExternalId, FieldChange, Lead, LeadEvent
from tests.factories import AttributeFactory, CompanyFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def came(*people, **how):
    arrive(people, now=NOW, source="form demo", **how)
    return people[0] if len(people) == 1 else people


def test_a_new_person_is_born_with_a_first_event():
    one = came(Person(email="Ilse@kempen.example", fields={"last_name": "Janssens"}))
    assert one.outcome == "created"
    lead = Lead.objects.get()
    assert (lead, lead.email, lead.last_name) == (one.lead, "Ilse@kempen.example", "Janssens")
    assert LeadEvent.objects.get(lead=lead).name == "captured"
    assert lead.attributes.values == {}


def test_the_address_in_any_letters_is_the_same_person():
    first = came(Person(email="ilse@kempen.example"))
    again = came(Person(email="ILSE@Kempen.Example", fields={"city": "Gent"}))
    assert (again.lead, again.outcome) == (first.lead, "updated")
    assert came(Person(email="ilse@kempen.example")).outcome == "unchanged"
    assert FieldChange.objects.get(field="city").source == "form demo"


def test_what_a_lead_has_stays_unless_told_otherwise():
    came(Person(email="ilse@kempen.example", fields={"city": "Gent"}))
    moved = {"email": "ilse@kempen.example", "fields": {"city": "Brugge"}}
    assert came(Person(**moved)).outcome == "unchanged"
    assert came(Person(**moved), overwrite=True).outcome == "updated"
    assert Lead.objects.get().city == "Brugge"


def test_a_system_finds_its_lead_again_by_its_id():
    first = came(Person(email="ilse@kempen.example", external_id="7"), system="hubspot")
    assert came(Person(external_id="7"), system="hubspot").lead == first.lead
    assert came(Person(external_id="7"), system="odoo").lead != first.lead
    assert ExternalId.objects.filter(lead=first.lead).get().system == "hubspot"


def test_an_id_and_an_address_of_two_people_are_refused():
    came(Person(email="a@kempen.example", external_id="1"), Person(email="b@kempen.example"))
    one = came(Person(email="b@kempen.example", external_id="1"))
    assert one.refusal.status == 409
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "same"), [("Janssens", True), ("", True), ("janssens", True), ("Peeters", False)]
)
def test_a_number_alone_is_one_person_unless_the_name_is_another(name, same):
    first = came(Person(phone="+32 9 555 01 42", fields={"last_name": "Janssens"}))
    again = came(Person(phone="0032 95550142", fields={"last_name": name} if name else {}))
    assert (again.lead == first.lead) is same


def test_one_batch_may_bring_a_person_twice():
    first, again = came(
        Person(email="ilse@kempen.example"),
        Person(email="Ilse@kempen.example", fields={"city": "Gent"}),
    )
    assert {first.outcome, again.outcome} == {"created", "updated"}
    assert Lead.objects.get().city == "Gent"


def test_the_company_is_found_by_domain_then_by_name_then_by_the_address():
    kempen = CompanyFactory(name="Kempen NV", domain="kempen.example", industry="")
    by_domain = came(Person(email="a@x.example", company={"domain": "kempen.example"}))
    by_name = came(Person(email="b@gmail.com", company={"name": "kempen nv", "industry": "Pharma"}))
    by_address = came(Person(email="c@kempen.example"))
    assert {one.lead.company_id for one in (by_domain, by_name, by_address)} == {kempen.pk}
    kempen.refresh_from_db()
    assert kempen.industry == "Pharma"


def test_a_named_company_is_created_with_the_domain_of_the_address_but_no_free_mailer():
    came(Person(email="a@gent.example", company={"name": "Gent NV"}))
    came(Person(email="a@gmail.com", company={"name": "Solo"}))
    domains = dict(Company.objects.values_list("name", "domain"))
    assert domains == {"Gent NV": "gent.example", "Solo": ""}
    assert came(Person(email="z@nobody.example")).lead.company_id is None


def test_an_erased_person_is_not_taken_in_again():
    tombstones.bury(tombstones.keys_of(email="Ilse@kempen.example"), now=NOW)
    one = came(Person(email="ilse@KEMPEN.example"))
    assert (one.lead, one.outcome) == (None, "")
    assert "asked to be erased" in one.refusal.message
    assert not Lead.objects.exists()


def test_a_value_of_the_wrong_kind_refuses_that_person_alone():
    AttributeFactory(code="halls", kind="number")
    bad, good = came(
        Person(email="a@x.example", attributes={"halls": "three"}),
        Person(email="b@x.example", attributes={"halls": 3}),
    )
    assert bad.refusal.field == "attributes.halls"
    assert good.lead.attributes.values == {"halls": 3}


def test_who_asked_for_silence_keeps_it():
    came(Person(email="a@x.example", fields={"do_not_contact": True}))
    came(Person(email="a@x.example", fields={"do_not_contact": False}), overwrite=True)
    assert Lead.objects.get().do_not_contact


def test_a_merged_lead_leads_to_the_one_it_became():
    loser, winner = came(Person(email="a@x.example"), Person(email="b@x.example"))
    Lead.objects.filter(pk=loser.lead.pk).update(merged_into=winner.lead)
    assert came(Person(email="a@x.example")).lead == winner.lead


def test_people_who_share_a_number_come_again_as_themselves():
    number = "+32 9 555 01 42"
    people = [Person(phone=number, fields={"last_name": name}) for name in ("Janssens", "Peeters")]
    for one in people:
        came(one)
    again = came(Person(phone=number, fields={"last_name": "JANSSENS"}))
    assert (again.lead, again.outcome) == (people[0].lead, "unchanged")
    by_id = came(
        Person(phone=number, external_id="9", fields={"last_name": "Peeters"}), system="crm"
    )
    assert by_id.lead == people[1].lead


def test_the_address_of_a_merged_lead_is_not_taken_over_by_its_winner():
    winner, loser = came(Person(email="a@kempen.example"), Person(email="b@kempen.example"))
    Lead.objects.filter(pk=loser.lead.pk).update(merged_into=winner.lead)
    moved = {"email": "b@kempen.example", "fields": {"city": "Gent"}}
    assert came(Person(**moved), overwrite=True).lead == winner.lead
    assert list(Lead.objects.order_by("pk").values_list("email", "city")) == [
        ("a@kempen.example", "Gent"),
        ("b@kempen.example", ""),
    ]
