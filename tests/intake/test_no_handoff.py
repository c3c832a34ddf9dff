"""An import never hands off by itself, whatever the agreement does automatically."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import judging, starters
from leads.models import Lead
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory, RepFactory
from tests.intake.conftest import import_file

pytestmark = pytest.mark.django_db
CSV = (
    "Email,Name,Phone,Job title,Country,Company,Website,Industry,Employees\n"
    "ann@halden.example,Ann Lee,+49 561 5550142,Head of Energy,DE,Halden,halden.example,Steel,400\n"
)


@pytest.fixture(autouse=True)
def _everything_is_automatic():
    draft = starters.load("b2b_software")
    draft.matrix.update(action="automatic")
    draft.automatic_cap = 1_000
    draft.save()
    story.signed(draft, now=timezone.now() - timedelta(days=1))
    RepFactory()


def stage():
    judging.judge_stale()
    return Lead.objects.get().stage


def test_an_imported_lead_waits_for_a_review():
    import_file(CSV)
    assert stage() == "mql"


def test_a_lead_that_an_import_made_fit_waits_for_a_review():
    LeadFactory(email="ann@halden.example")
    import_file(CSV)
    assert stage() == "mql"


def test_a_lead_whose_company_an_import_described_waits_for_a_review():
    company = CompanyFactory(domain="halden.example", industry="", employees=None)
    lead = LeadFactory(company=company)
    import_file(CSV)
    judging.judge_stale()
    assert Lead.objects.get(pk=lead.pk).stage == "mql"


def test_what_an_imported_lead_does_later_counts_as_ever():
    import_file(CSV)
    ActivityFactory(lead=Lead.objects.get(), recorded_at=timezone.now() + timedelta(hours=1))
    assert stage() == "handed_off"
