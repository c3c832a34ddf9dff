"""Imports of other things than leads are tried out and rolled back as those of leads are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff.models import Opportunity
from intake import importing, jobs, undoing
from leads.models import Activity, CampaignCost, Company, Cycle, ExternalId, Lead
from tests.factories import CompanyFactory, LeadFactory, RepFactory, UserFactory
from tests.intake.conftest import import_file, kept, upload
from tests.intake.history import assert_lawful, import_kind

pytestmark = pytest.mark.django_db


def roll_back(job):
    undoing.start(job, by=None, now=timezone.now(), ring_worker=False)
    importing.run(job.pk, now=timezone.now())
    job.refresh_from_db()
    assert job.state == "undone", job.error
    return job


def test_a_history_goes_with_all_that_it_brought():
    rep = RepFactory()
    import_file("Email\nbo@example.com\ncy@example.com\n")
    rows = [
        "ann@example.com,7,won,Halden,Fair,2024-01-01,",
        f"bo@example.com,8,sql,Halden,Fair,2024-01-01,{rep.email}",
        "cy@example.com,9,,,,,",
    ]
    columns = {
        "Email": "lead.email",
        "Id": "lead.external_id",
        "Stage": "history.stage",
        "Company": "company.name",
        "Source": "lead.source",
        "MQL": "history.became_mql_at",
        "Owner": "history.owner",
        "Note": {"to": "attr.note", "kind": "text"},
    }
    content = "Email,Id,Stage,Company,Source,MQL,Owner,Note\n" + "\n".join(f"{r},x" for r in rows)
    job = import_kind("history", content, columns, system="crm")
    assert (Opportunity.objects.count(), Cycle.objects.count()) == (2, 2)
    assert roll_back(job).kept == 0
    assert sorted(Lead.objects.values_list("email", flat=True)) == [
        "bo@example.com",
        "cy@example.com",
    ]
    known = Lead.objects.get(email="bo@example.com")
    assert (known.stage, known.source, known.company) == ("unqualified", "", None)
    left = [Opportunity, Cycle, Company, ExternalId]
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]
    assert_lawful()


def test_activities_companies_and_costs_go():
    LeadFactory(email="ann@example.com", company=CompanyFactory(domain="a.example", industry="Oil"))
    columns = {"E": "lead.email", "K": "activity.kind", "W": "activity.happened_at"}
    acts = import_kind("activities", "E,K,W\nann@example.com,form,2024-01-01\n", columns)
    firms = import_kind(
        "companies",
        "D,I\na.example,Steel\nb.example,Oil\n",
        {"D": "company.domain", "I": "company.industry"},
    )
    spent = import_kind(
        "costs",
        "C,D,A\nFair,2024-01,5\n",
        {"C": "cost.campaign", "D": "cost.on", "A": "cost.amount"},
    )
    assert [roll_back(job).kept for job in (acts, firms, spent)] == [0, 0, 0]
    assert (Activity.objects.count(), CampaignCost.objects.count()) == (0, 0)
    assert list(Company.objects.values_list("domain", "industry")) == [("a.example", "Oil")]


def test_a_company_goes_with_the_owner_of_its_file_but_not_with_another():
    its, other = UserFactory(), UserFactory()
    columns = {"N": "company.name", "O": "company.owner"}
    job = import_kind("companies", f"N,O\nAker,{its.email}\nBo,{its.email}\nCy,\n", columns)
    Company.objects.exclude(name="Aker").update(owner=other)
    assert roll_back(job).kept == 2
    assert set(kept(job)) == {("company", "Somebody owns it by now.")}
    assert set(Company.objects.values_list("name", flat=True)) == {"Bo", "Cy"}


def test_a_dry_run_of_a_history_counts_and_leaves_nothing():
    job = upload("E,W,N\nann@example.com,2024-01-01,x\n,2024-01-01,x\n", kind="history")
    chosen = {
        "columns": {
            "E": {"to": "lead.email"},
            "W": {"to": "history.won_at"},
            "N": {"to": "attr.note"},
        }
    }
    jobs.start(job, chosen, ring_worker=False, trial=True)
    importing.run(job.pk, now=timezone.now() + timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.state, job.error) == ("uploaded", "")
    assert job.trial["counts"]["created"] == job.trial["counts"]["failed"] == 1
    assert not Lead.objects.exists()
