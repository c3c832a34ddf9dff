"""Whose a row is: the file's door finds the same people as every other door."""

import pytest
from django.utils import timezone

from leads import tombstones
from leads.arriving import Person, arrive
from leads.models import Company, ExternalId, Lead
from tests.factories import CompanyFactory, LeadFactory
from tests.intake.conftest import import_file, reasons, run, totals, upload, world

pytestmark = pytest.mark.django_db
HEAD = "Email,Lead ID,First name,Last name,Phone,City,Company,Website\n"
COLUMNS = {
    "Email": {"to": "lead.email"},
    "Lead ID": {"to": "lead.external_id"},
    "First name": {"to": "lead.first_name"},
    "Last name": {"to": "lead.last_name"},
    "Phone": {"to": "lead.phone"},
    "City": {"to": "lead.city"},
    "Company": {"to": "company.name"},
    "Website": {"to": "company.domain"},
}
PEOPLE = [
    "ANN@gmail.com,,Ann,,,Ulm,,",
    ",7,Bo,,,Kiel,,",
    "new@gmail.com,8,,,,Bonn,,",
    ",,Cy,Dent,0049 30 5550101,Trier,,",
    ",,,,0049 30 5550101,,,",
    ",,Else,Somebody,+49 30 5550101,Essen,,",
    "ann@gmail.com,7,Two,People,,,,",
    "gone@gmail.com,,Forgotten,,,,,",
    "loser@gmail.com,,,,,Gotha,,",
    "x@halden.example,,Xi,,,,,",
    "y@halden.example,,Yo,,,,Another name,",
    "z@gmail.com,,Zoe,,,,Öberg AB,",
    "w@new.example,,Wim,,,,New,",
    "v@new.example,,Vic,,,,,",
    "u@gmail.com,,Uwe,,,,New,other.example",
    "new@gmail.com,,Newton,,,,,",
]


def a_world(system=""):
    LeadFactory(email="ann@gmail.com", first_name="Anke", last_name="", phone="")
    known = LeadFactory(email="", external_id="" if system else "7", last_name="", phone="")
    if system:
        ExternalId.objects.create(lead=known, system=system, value="7")
    LeadFactory(email="", phone="+49 30 5550101", first_name="Cy", last_name="Dent", city="")
    winner = LeadFactory(email="winner@gmail.com", last_name="Wins", phone="")
    LeadFactory(email="loser@gmail.com", last_name="Loses", phone="", merged_into=winner)
    CompanyFactory(name="Halden", domain="halden.example")
    CompanyFactory(name="Öberg AB", domain="")
    tombstones.bury(tombstones.keys_of("gone@gmail.com"), now=timezone.now())


def people_now():
    names = ("email", "external_id", "first_name", "last_name", "phone", "city", "company__name")
    known = Lead.objects.order_by("email", "last_name", "first_name", "external_id")
    ids = ExternalId.objects.order_by("system", "value").values_list("system", "value")
    return [
        list(known.values_list(*names, "company__domain", "merged_into__email")),
        sorted(Company.objects.values_list("name", "domain")),
        list(ids),
    ]


@pytest.mark.parametrize("system", ["", "hubspot"])
def test_both_doors_make_the_same_of_the_same_people(system):
    a_world(system)
    outcomes = []
    for line in PEOPLE:
        email, external_id, first, last, phone, city, name, domain = line.split(",")
        fields = {"first_name": first, "last_name": last, "city": city}
        company = {"name": name, "domain": domain}
        one = Person(
            email=email,
            phone=phone,
            external_id=external_id,
            fields={key: value for key, value in fields.items() if value},
            company={key: value for key, value in company.items() if value},
        )
        arrive([one], now=timezone.now(), source="test", system=system, overwrite=True)
        outcomes.append(one.outcome or str(one.refusal)[:20])
    expected = people_now()
    _clear()
    a_world(system)
    job = import_file(HEAD + "\n".join(PEOPLE), {"columns": COLUMNS}, system=system)
    assert people_now() == expected
    assert job.created == outcomes.count("created")
    refused = [one for one in outcomes if one.startswith(("The email", "This per"))]
    assert job.failed == len(refused) == 2
    before = world()
    again = import_file(HEAD + "\n".join(PEOPLE), {"columns": COLUMNS}, system=system)
    assert (again.created, again.updated, world()) == (0, 0, before)


def test_who_asked_to_be_erased_is_not_brought_back_and_leaves_nothing():
    tombstones.bury(tombstones.keys_of("", "+49 30 5550101"), now=timezone.now())
    tombstones.bury(tombstones.keys_of("", "", "crm", "5"), now=timezone.now())
    text = "Email,Lead ID,Phone\na@gmail.com,1,+49305550101\nb@gmail.com,5,\nc@gmail.com,6,\n"
    job = import_file(text, system="crm")
    assert totals(job) == {"created": 1, "failed": 2}
    assert set(reasons(job).values()) == {
        "This person asked to be erased and is not taken in again."
    }
    assert list(job.rejected.values_list("values", flat=True)) == [[], []]


def test_ids_of_a_system_are_kept_apart_from_those_of_another():
    text = "Email,Lead ID\na@gmail.com,1\n,2\n"
    import_file(text, system="hubspot")
    assert totals(import_file(text, system="hubspot")) == {"unchanged": 2}
    assert totals(import_file(text, system="odoo")) == {"created": 1, "updated": 1}
    assert set(Lead.objects.values_list("external_id", flat=True)) == {""}
    assert sorted(ExternalId.objects.values_list("system", "value")) == [
        ("hubspot", "1"),
        ("hubspot", "2"),
        ("odoo", "1"),
        ("odoo", "2"),
    ]


def test_two_ids_of_one_number_and_name_are_one_person():
    text = "Lead ID,Name,Phone\n1,Ann Lee,+4930555010\n2,Ann Lee,+4930555010\n3,Bo,+4930555010\n"
    assert totals(import_file(text, system="crm")) == {"created": 2, "updated": 1}
    assert totals(import_file(text, system="crm")) == {"unchanged": 3}


def test_people_who_share_a_number_are_told_apart_by_name():
    text = "Email,Name,Phone\n,Ann Lee,+4930555010\n,Bo Lee,+49 30 555010\n,ANN LEE,004930555010\n"
    assert totals(import_file(text)) == {"created": 2, "updated": 1}
    assert totals(import_file(text)) == {"unchanged": 3}


def test_a_number_that_could_be_anybodys_is_refused():
    text = "Name,Phone\nAnn Lee,+4930555010\nBo Lee,+4930555010\n,+4930555010\n"
    columns = {"Name": {"to": "lead.name"}, "Phone": {"to": "lead.phone"}}
    job = upload("Email," + text.replace("\n", "\n,").removesuffix(","))
    job = run(job, {"columns": columns | {"Email": {"to": "lead.email"}}})
    assert totals(job) == {"created": 2, "failed": 1}
    assert reasons(job) == {4: "Several people have this number; a name would tell whose it is."}


def test_a_number_at_home_gets_its_country():
    import_file(
        "Email,Phone,Country\na@gmail.com,030 555010,Deutschland\nb@gmail.com,030 555010,\n"
        "c@gmail.com,(212) 555-0100,USA\nd@gmail.com,,Atlantis\n"
    )
    phones = Lead.objects.order_by("email").values_list("phone", "country")
    assert list(phones) == [
        ("+49 30 555010", "DE"),
        ("030 555010", ""),
        ("+1 212-555-0100", "US"),
        ("", "Atlantis"),
    ]


def test_one_who_clashes_costs_nobody_else(monkeypatch):
    """A constraint that the matcher did not foresee."""
    LeadFactory(email="", external_id="", phone="+4930555010", first_name="Ann", last_name="Lee")
    known = LeadFactory(email="", external_id="", phone="", first_name="Ann", last_name="Lee")
    ExternalId.objects.create(lead=known, system="crm", value="1")
    text = "Email,Lead ID,Phone\na@gmail.com,,\n,1,+4930555010\nb@gmail.com,,\nc@gmail.com,9,\n"
    job = import_file(text, system="crm")
    assert totals(job) == {"created": 3, "failed": 1}
    assert "was given to somebody else" in reasons(job)[3]


def _clear():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE leads_lead, leads_company, leads_tombstone CASCADE")
