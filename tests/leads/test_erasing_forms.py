"""A form that nobody has taken in points to no lead, and is forgotten with its person."""

import pytest
from django.utils import timezone

from accounts import roles
from intake.models import CaptureForm, Submission
from leads import dossier, erasing
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NUMBER = {"lead.phone": "+49 561 5550142"}


@pytest.fixture
def manager():
    return UserFactory(role=roles.MARKETING_MANAGER)


def suspected(**said):
    form = CaptureForm.objects.create(slug="demo", name="Demo", heading="Demo")
    Submission.objects.create(
        form=form, state="suspected", payload=said, received_at=NOW, token="t"
    )


@pytest.mark.parametrize(
    ("said", "goes"),
    [
        (NUMBER, True),
        ({"lead.phone": "0561 555 0142", "lead.country": "DE"}, True),
        (NUMBER | {"lead.email": "x@x.example"}, False),  # somebody else
        ({"lead.phone": "+49 561 5550143"}, False),
        ({"message": "Hello"}, False),
    ],
)
def test_its_number_tells_whose_it_is(manager, said, goes):
    suspected(**said)
    lead = LeadFactory(email="", phone="+49 561 555 0142")
    told = [table["title"] for table in dossier.collect(lead, now=NOW)["tables"]]
    assert ("Forms that were not taken in" in told) == goes
    erasing.erase([lead.pk], by=manager, now=NOW)
    assert Submission.objects.exists() != goes


def test_a_number_of_several_tells_of_nobody(manager):
    suspected(**NUMBER)
    lead, _other = LeadFactory(), LeadFactory()
    erasing.erase([lead.pk], by=manager, now=NOW)
    assert Submission.objects.exists()


def test_a_number_without_a_lead_is_enough():
    suspected(**NUMBER)
    erasing.erase_address(phone="0049 561 5550142", now=NOW)
    assert not Submission.objects.exists()
