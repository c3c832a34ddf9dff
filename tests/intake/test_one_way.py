"""Whatever the door, the same person is the same lead: form, API, file, and by hand."""

import csv
import io

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Company, ExternalId, Lead
from leads.perform import perform
from tests import story
from tests.api_client import System
from tests.factories import ActivityFactory, LeadFactory, RepFactory, TeamFactory, UserFactory
from tests.intake.conftest import import_file
from tests.intake.form_world import a_form, send

pytestmark = pytest.mark.django_db
ANKE = {
    "email": "anke@halden.example",
    "first_name": "Anke",
    "last_name": "Brandt",
    "phone": "0561 5550142",
    "country": "Germany",
    "city": "Kassel",
}
HALDEN = {"name": "Halden GmbH", "domain": "halden.example"}
COLUMNS = [*(f"lead.{name}" for name in ("external_id", *ANKE)), "company.name", "company.domain",
           "company.country"]  # fmt: skip
MAPPING = {"columns": {target: {"to": target} for target in COLUMNS}}


def by_form(client):
    form = a_form(consent="", asks=["lead.phone", "lead.country", "lead.city", "company.domain"])
    said = {f"lead.{name}": value for name, value in ANKE.items()}
    send(client, form, said | {f"company.{name}": value for name, value in HALDEN.items()})


def by_api(_client):
    System("leads:write", system="crm").post("/leads", {"items": [ANKE | {"company": HALDEN}]})


def by_file(_client):
    said = {f"lead.{name}": value for name, value in ANKE.items()}
    _import(said | {f"company.{name}": value for name, value in HALDEN.items()})


def by_hand(client):
    client.force_login(UserFactory())
    client.post("/leads/new/", ANKE | {"company": HALDEN["name"]})


@pytest.mark.parametrize("come", [by_form, by_api, by_file, by_hand])
def test_whoever_comes_is_written_in_one_way_and_goes_to_the_team_of_the_country(client, come):
    story.agreement_in_force()
    for countries in ([], ["DE", "AT"]):
        RepFactory(team=TeamFactory(countries=countries))
    come(client)
    lead = Lead.objects.get()
    assert (lead.country, lead.phone) == ("DE", "+49 561 5550142")
    assert (lead.name, lead.city, lead.company.name) == ("Anke Brandt", "Kassel", "Halden GmbH")
    ActivityFactory(lead=lead, kind="demo_request")
    perform(lead, "qualify", by=UserFactory())
    handed = perform(lead, "hand_off", by=UserFactory())
    assert handed.team.countries == ["DE", "AT"]


def test_who_is_known_by_a_number_is_known_by_it_as_it_is_dialled_at_home(client):
    known = LeadFactory(email="", phone="+49 561 5550142", first_name="", last_name="", country="")
    form = a_form(consent="", asks=["lead.phone", "lead.country"])
    form.fields.filter(target="lead.email").update(required=False)
    send(client, form, {"lead.phone": "(0561) 555-0142", "lead.country": "BRD"})
    said = {"items": [{"phone": "0561/5550142", "company": {"name": "H", "country": "Germany"}}]}
    System("leads:write", system="crm").post("/leads", said)
    known.refresh_from_db()
    assert (Lead.objects.get(), known.country) == (known, "DE")


EXAMPLE = st.fixed_dictionaries(
    {
        "lead.email": st.sampled_from(
            ["", "Anke@Halden.example", "a@gmail.com", "<a@gmail.com>", "x@"]
        ),
        "lead.external_id": st.sampled_from(["", "7", " 8"]),
        "lead.first_name": st.sampled_from(["", " Anke", "'=Anke"]),
        "lead.last_name": st.sampled_from(["", "Brandt", "Öz\u200b"]),
        "lead.phone": st.sampled_from(
            ["", "0561 5550142", "+49 561 5550142", "p:+49561 5550142", "0049/561/5550142", "12"]
        ),
        "lead.city": st.sampled_from(["", "Kassel"]),
        "lead.country": st.sampled_from(["", "Germany", "de", " Österreich ", "Atlantis", "USA"]),
        "company.name": st.sampled_from(["", "Halden GmbH", "Kempen"]),
        "company.domain": st.sampled_from(["", "https://www.Halden.example/x", "kempen.example"]),
        "company.country": st.sampled_from(["", "Deutschland", "FR", "Atlantis"]),
    }
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EXAMPLE, st.booleans())
def test_a_file_and_the_api_make_the_same_of_the_same_person(said, is_known):
    assert _after(_import, said, is_known) == _after(_send, said, is_known)


def _after(bring, said, is_known):
    """The facts of everybody when this person has come; without a trace."""
    with transaction.atomic():
        if is_known:
            names = {"first_name": "Anke", "last_name": "B", "city": "", "country": ""}
            LeadFactory(email="anke@halden.example", phone="+49 561 5550142", **names)
        bring(said)
        leads = Lead.objects.order_by("pk").values_list(
            "email", "external_id", "first_name", "last_name", "phone", "city", "country",
            "company__name", "company__domain", "company__country",
        )  # fmt: skip
        companies = Company.objects.order_by("pk").values_list("name", "domain", "country")
        facts = [list(leads), list(companies), list(ExternalId.objects.values_list("value"))]
        transaction.set_rollback(True)
    return facts


def _import(said):
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, [said.get(target, "") for target in COLUMNS]])
    import_file(text.getvalue(), MAPPING, system="crm", delimiter=",")


def _send(said):
    item: dict = {"company": {}}
    for target, value in said.items():
        owner, _, name = target.partition(".")
        (item if owner == "lead" else item["company"])[name] = value
    system = System("leads:write", system="crm")
    answer = system.post("/leads", {"items": [item], "write": "overwrite"})
    assert answer.status_code == 200, answer.content
