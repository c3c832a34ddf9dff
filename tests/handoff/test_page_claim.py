"""Met somebody? The person is found or entered, and the lead is the rep's at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from leads.models import Cycle, Lead, LeadEvent
from tests import story
from tests.factories import CompanyFactory, LeadFactory, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/inbox/claim/"


@pytest.fixture
def tomas(client):
    rep = RepFactory(first_name="Tomáš", last_name="Novák", team=TeamFactory())
    client.force_login(rep)
    return rep


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def call(days=2):
    moment = timezone.localtime(timezone.now() + timedelta(days=days))
    return moment.strftime("%Y-%m-%dT%H:%M")


def somebody(**said):
    return {
        "first_name": "Radka",
        "last_name": "Šimková",
        "email": "radka@vltava.example",
        "company": "Vltava Sklo",
        "discovery_at": call(),
        "note": "Met at the Hannover fair",
    } | said


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.REP, 200),
        (roles.SALES_MANAGER, 200),
        (roles.MARKETER, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_claiming_belongs_to_sales(client, role, status):
    client.force_login(UserFactory(role=role))
    assert client.get(URL).status_code == status
    answer = client.post(URL, somebody())
    assert answer.status_code == (302 if status == 200 else 403)
    assert Lead.objects.exists() == (status == 200)


def test_somebody_new_is_born_and_claimed_as_sourced_by_sales(client, tomas):
    answer = client.post(URL, somebody())
    lead = Lead.objects.get()
    assert answer.url == lead.get_absolute_url()
    assert (lead.stage, lead.owner, lead.source) == ("sal", tomas, "Met by sales")
    assert lead.company.name == "Vltava Sklo"
    assert Cycle.objects.get(lead=lead).origin == "sales"
    names = LeadEvent.objects.filter(lead=lead).order_by("pk").values_list("name", "note")
    assert list(names) == [("captured", ""), ("claim", "Met at the Hannover fair")]
    assert "Claimed: Radka Šimková, discovery call " in html(client.get(answer.url))


def test_who_is_there_is_claimed_and_not_born_again(client, tomas):
    lead = LeadFactory(email="Radka@Vltava.example")
    client.post(URL, somebody())
    assert Lead.objects.get().pk == lead.pk
    assert Lead.objects.get().owner == tomas


def test_a_found_lead_is_claimed_from_the_results(client, tomas):
    lead = LeadFactory(last_name="Horák", company=CompanyFactory(name="Sázava Strojírny"))
    page = html(client.get(f"{URL}?q=saz"))
    assert "Anke Horák, Sázava Strojírny" in page
    assert lead.email not in page  # no more than it takes to recognise them
    assert f"q=saz&amp;lead={lead.pk}" in page
    assert "Claim Anke Horák" in html(client.get(f"{URL}?q=saz&lead={lead.pk}"))
    said = {"q": "saz", "lead": lead.pk, "discovery_at": call(), "note": "At our booth"}
    assert client.post(URL, said).status_code == 302
    assert Lead.objects.get().owner == tomas


def test_what_is_with_others_is_not_found_and_what_is_mine_is_linked(client, tomas):
    mine = story.accepted(by=tomas, last_name="Horák")
    story.accepted(last_name="Horáček")
    page = html(client.get(f"{URL}?q=hor"))
    assert "Horáček" not in page
    assert f'href="{mine.get_absolute_url()}"' in page
    assert f"lead={mine.pk}" not in page


def test_a_number_alone_claims_nobody(client, tomas):
    """What was not found by its name is not claimed by guessing its id."""
    lead = LeadFactory()
    for q in ("", "zz", "nobody"):
        said = {"q": q, "lead": lead.pk, "discovery_at": call()}
        assert client.post(URL, said).status_code == 422
    assert Lead.objects.get().stage == "unqualified"


def test_who_is_with_a_colleague_already_is_told(client, tomas):
    lena = RepFactory(first_name="Lena", last_name="Fuchs")
    story.accepted(by=lena, email="radka@vltava.example")
    page = html(client.post(URL, somebody()), 409)
    assert "Lena Fuchs accepted this lead" in page
    assert 'value="Radka"' in page


def test_who_asked_not_to_be_contacted_is_not_claimed(client, tomas):
    LeadFactory(email="radka@vltava.example", do_not_contact=True)
    assert "Asked not to be contacted." in html(client.post(URL, somebody()), 403)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_name": ""}, "This field is required."),
        ({"email": "nobody"}, "valid email"),
        ({"email": "", "phone": ""}, "An email or a phone number is needed."),
        ({"discovery_at": ""}, "This field is required."),
        ({"discovery_at": call(-1)}, "must be in the future"),
        ({"company": "x" * 201}, "at most 200"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nobody_is_born(client, tomas, wrong, said):
    page = html(client.post(URL, somebody(**wrong)), 422)
    assert said in page
    assert 'value="Radka"' in page
    assert not Lead.objects.exists()
