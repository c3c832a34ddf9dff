"""A country is its code and a number has its country's, whoever writes them down."""

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leads import countries
from leads.arriving import Person, arrive
from leads.models import FieldChange, Lead
from leads.phones import MOST, international
from tests.factories import LeadFactory, UserFactory

NEW = {"first_name": "Radka", "email": "radka@vltava.example"}


NUMBERS = st.text("0123456789 ()-+/x.et#", max_size=MOST)


@given(NUMBERS, st.sampled_from(["DE", "IT", "US", "", "Q"]))
def test_a_number_fits_where_it_is_kept_and_stays_what_it_has_become(text, country):
    said = international(text, country)
    assert len(said) <= MOST
    assert international(said, country) == said


def test_an_extension_that_does_not_fit_leaves_the_number_as_it_was():
    text = "02 0794 60018 ext. 123456789012345678"
    assert international(text, "IT") == text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Germany", "DE"),
        ("deutschland", "DE"),
        ("DEU", "DE"),
        ("de", "DE"),
        ("Atlantis", "Atlantis"),
        ("", ""),
    ],
)
def test_a_country_is_a_code_where_there_is_one(said, written):
    assert countries.in_codes({"country": said, "city": "Kassel"}) == {
        "country": written,
        "city": "Kassel",
    }
    one = Person(fields={"country": said}, company={"name": "Halden", "country": said})
    assert one.fields["country"] == one.company["country"] == written


@pytest.mark.parametrize(
    ("fields", "company", "phone"),
    [
        ({"country": "Germany"}, {}, "+49 561 5550142"),
        ({}, {"country": "Germany"}, "+49 561 5550142"),
        ({"country": "Austria"}, {"country": "Germany"}, "+43 5615 550142"),
        ({}, {}, "0561 5550142"),
    ],
)
def test_a_number_gets_the_code_of_the_country_that_is_known(fields, company, phone):
    assert Person(phone="0561 5550142", fields=fields, company=company).phone == phone


@pytest.mark.django_db
def test_who_is_known_by_number_is_found_by_the_number_at_home():
    known = LeadFactory(email="", phone="+49 561 5550142", first_name="", last_name="", country="")
    one = Person(phone="(0561) 555-0142", fields={"country": "BRD"})
    arrive([one], now=timezone.now(), source="test")
    assert (one.lead, one.outcome) == (known, "updated")
    known.refresh_from_db()
    assert (known.phone, known.country) == ("+49 561 5550142", "DE")


@pytest.mark.django_db
def test_a_lead_entered_by_hand(client):
    client.force_login(UserFactory())
    said = NEW | {"country": "Germany", "phone": "0561 5550142"}
    assert client.post("/leads/new/", said).status_code == 302
    assert Lead.objects.values_list("country", "phone").get() == ("DE", "+49 561 5550142")
    again = client.post("/leads/new/", said | {"email": ""})
    assert again.status_code == 422
    assert "This person is known already" in again.content.decode()


@pytest.mark.django_db
class TestEditing:
    @pytest.fixture(autouse=True)
    def _signed_in(self, client):
        self.client = client
        client.force_login(UserFactory())

    def edit(self, lead, status=302, **said):
        url = reverse("leads:edit", args=[lead.pk])
        fields = self.client.get(url).context["form"].initial
        answer = self.client.post(url, {n: v for n, v in fields.items() if v is not None} | said)
        assert answer.status_code == status
        lead.refresh_from_db()
        return answer.content.decode()

    def test_what_is_typed_is_written_as_everywhere(self):
        lead = LeadFactory(country="", phone="")
        self.edit(lead, country="Germany", phone="0561 5550142")
        assert (lead.country, lead.phone) == ("DE", "+49 561 5550142")
        self.edit(lead, country="Deutschland")
        changes = FieldChange.objects.filter(subject_id=lead.pk, field="country")
        assert [one.new for one in changes] == ["DE"]

    def test_a_number_gets_its_country_when_that_is_told_later(self):
        lead = LeadFactory(country="", phone="0561 5550142")
        self.edit(lead, city="Kassel")
        assert lead.phone == "0561 5550142"
        self.edit(lead, country="Germany")
        assert lead.phone == "+49 561 5550142"

    def test_what_was_not_touched_stays_as_it_was(self):
        lead = LeadFactory(country="Germany", phone="0561 5550142", city="")
        self.edit(lead, city="Kassel")
        assert (lead.country, lead.phone, lead.city) == ("Germany", "0561 5550142", "Kassel")

    def test_the_number_of_somebody_else_is_told_at_the_number(self):
        names = {"email": "", "first_name": "Radka", "last_name": "Šimková"}
        LeadFactory(phone="+49 561 5550142", **names)
        lead = LeadFactory(phone="", country="", **names)
        page = self.edit(lead, status=422, country="Germany", phone="0561 5550142")
        assert "Another lead has this name and number." in page
        assert "Another lead has this email." not in page
        assert (lead.country, lead.phone) == ("", "")
