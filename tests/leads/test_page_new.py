"""A lead entered by hand: whoever is there already is told of, and nobody is entered twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from leads import tombstones
from leads.models import ExternalId, FieldChange, Lead, LeadEvent
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/leads/new/"


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana")
    client.force_login(marketer)
    return marketer


def somebody(**said):
    return {"first_name": "Radka", "last_name": "Šimková", "email": "radka@vltava.example"} | said


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "shown", "posted"),
    [
        (roles.MARKETER, 200, 302),
        (roles.SALES_MANAGER, 200, 302),
        (roles.REP, 302, 403),
        (roles.CUSTOMER_SUCCESS, 403, 403),
    ],
)
def test_who_enters_leads_here(client, role, shown, posted):
    client.force_login(UserFactory(role=role))
    answer = client.get(URL)
    assert answer.status_code == shown
    assert role != roles.REP or answer.url == "/inbox/claim/"
    assert client.post(URL, somebody()).status_code == posted
    assert Lead.objects.exists() == (posted == 302)


def test_somebody_new_is_born_with_all_that_was_typed(client, ivana):
    said = somebody(company="Vltava Sklo", phone="+420 2 555 01 42", source="Call", city="Praha")
    answer = client.post(URL, said)
    lead = Lead.objects.get()
    assert answer.url == lead.get_absolute_url()
    assert (lead.company.name, lead.source, lead.city) == ("Vltava Sklo", "Call", "Praha")
    assert LeadEvent.objects.get(lead=lead).actor == ivana
    assert lead.attributes.values == {}


@pytest.mark.parametrize(
    "said",
    [
        {"email": "RADKA@vltava.example"},
        {"email": "", "phone": "00420 2 555 01 42"},
        {"email": "", "phone": "+42025550142", "first_name": "", "last_name": ""},
    ],
)
def test_who_is_there_is_linked_and_left_as_they_are(client, ivana, said):
    lead = LeadFactory(**somebody(phone="+420 2 555 01 42", city=""))
    page = html(client.post(URL, somebody(**said, city="Praha")), 422)
    assert f'This person is known already: <a href="{lead.get_absolute_url()}">' in page
    assert 'value="Praha"' in page
    assert Lead.objects.get().city == ""
    assert not FieldChange.objects.exists()


def test_a_part_of_another_lead_is_that_lead(client, ivana):
    winner = LeadFactory()
    LeadFactory(email="radka@vltava.example", merged_into=winner)
    assert winner.get_absolute_url() in html(client.post(URL, somebody()), 422)


def test_without_a_key_nobody_is_entered(client, ivana):
    page = html(client.post(URL, somebody(email="")), 422)
    assert "An email or a phone number is needed." in page
    assert "Enter a valid email" in html(client.post(URL, somebody(email="radka")), 422)
    assert not Lead.objects.exists()


def test_who_asked_to_be_forgotten_is_not_taken_in(client, ivana):
    tombstones.bury(tombstones.keys_of("radka@vltava.example"), now=timezone.now())
    assert "asked to be erased" in html(client.post(URL, somebody()), 422)
    assert not Lead.objects.exists()


def test_the_list_leads_there(client, ivana):
    assert f'href="{URL}"' in html(client.get("/leads/"))
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    assert f'href="{URL}"' not in html(client.get("/leads/"))


def test_the_form_of_a_lead_asks_the_same_matcher(client, ivana):
    lead, other = LeadFactory(), LeadFactory()
    LeadFactory(email="old@vltava.example", merged_into=other)
    LeadFactory(email="mine@vltava.example", merged_into=lead)
    ExternalId.objects.create(lead=lead, system="hubspot", value="4711")
    edit = f"{lead.get_absolute_url()}edit/"
    assert "hubspot 4711" in html(client.get(edit))
    said = {"email": "Old@vltava.example"}
    assert other.get_absolute_url() in html(client.post(edit, said), 422)
    assert client.post(edit, {"email": "mine@vltava.example"}).status_code == 302
    assert Lead.objects.get(email="mine@vltava.example") == lead


def test_a_rep_claims_who_is_known_by_a_number(client):
    rep = RepFactory()
    client.force_login(rep)
    lead = LeadFactory(**somebody(phone="+420 2 555 01 42"))
    call = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    said = somebody(email="", phone="00420 25550142", discovery_at=call)
    client.post("/inbox/claim/", said)
    assert Lead.objects.get() == lead
    assert Lead.objects.get().owner == rep
