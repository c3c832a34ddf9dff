"""Companies of a file: by domain, else by name; written as the mapping says."""

import pytest

from intake.models import ImportChange
from leads.models import Company, FieldChange
from tests.factories import CompanyFactory, UserFactory
from tests.intake.conftest import reasons, totals
from tests.intake.history import import_kind

pytestmark = pytest.mark.django_db
COLUMNS = {
    "Name": "company.name",
    "Domain": "company.domain",
    "Industry": "company.industry",
    "Employees": "company.employees",
    "Relationship": "company.relationship",
    "Owner": "company.owner",
}


def companies(*lines, header="Name,Domain,Industry", how=None, **settings):
    columns = {name: COLUMNS[name] for name in header.split(",")}
    for name, write in (how or {}).items():
        columns[name] = {"to": columns[name], "write": write}
    return import_kind("companies", "\n".join([header, *lines]), columns, **settings)


def test_a_company_is_created_with_all_that_the_row_says():
    user = UserFactory()
    header = "Name,Domain,Industry,Employees,Relationship,Owner"
    row = f"Halden,https://www.halden.example/a,Steel,400,Former customer,{user.email}"
    assert totals(companies(row, header=header)) == {"created": 1}
    one = Company.objects.get()
    assert (one.name, one.domain, one.industry, one.employees) == (
        "Halden",
        "halden.example",
        "Steel",
        400,
    )
    assert (one.relationship, one.owner) == ("former", user)
    assert totals(companies(row, header=header)) == {"unchanged": 1}


def test_it_is_found_by_domain_else_by_name():
    by_domain = CompanyFactory(name="Old name", domain="halden.example")
    by_name = CompanyFactory(name="Aker", domain="")
    job = companies(
        "Halden,halden.example,Steel", "AKER,aker.example,Oil", "Aker,other.example,Oil"
    )
    assert totals(job) == {"updated": 2, "created": 1}
    by_domain.refresh_from_db()
    by_name.refresh_from_db()
    assert (by_domain.name, by_domain.industry) == ("Halden", "Steel")
    assert (by_name.domain, by_name.industry) == ("aker.example", "Oil")
    assert Company.objects.count() == 3


@pytest.mark.parametrize(
    ("write", "industry"), [("overwrite", "Steel"), ("fill", "Oil"), ("never", "Oil")]
)
def test_a_column_is_written_as_the_mapping_says(write, industry):
    CompanyFactory(domain="halden.example", industry="Oil")
    companies(",halden.example,Steel", how={"Industry": write})
    assert Company.objects.get().industry == industry


def test_an_empty_cell_erases_nothing_and_update_only_creates_nothing():
    CompanyFactory(domain="halden.example", industry="Oil")
    job = companies(",halden.example,", "New,new.example,", update_only=True)
    assert totals(job) == {"unchanged": 1, "skipped": 1}
    assert Company.objects.get().industry == "Oil"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",,", "Neither a name nor a domain."),
        ("Halden,,friend", "is no relationship"),
        ("Halden,who@example.com,", "Nobody who works here"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(row, words):
    job = companies(row + ",x" if row == ",," else row, header="Name,Owner,Relationship,Industry"
                    if row == ",," else "Name,Owner,Relationship")  # fmt: skip
    assert words in reasons(job)[2]
    assert not Company.objects.exists()


def test_what_changed_is_recorded_and_noted_for_the_roll_back():
    user, one = UserFactory(), CompanyFactory(domain="halden.example", industry="Oil")
    job = companies(
        f"halden.example,Steel,{user.email}", "new.example,Oil,", header="Domain,Industry,Owner"
    )
    change = FieldChange.objects.get(field="industry")
    assert (change.old, change.new, change.source) == ("Oil", "Steel", f"import {job.pk}")
    noted = ImportChange.objects.filter(job=job, subject="company").order_by("pk")
    new = Company.objects.get(domain="new.example")
    assert noted[0].subject_id == new.pk
    assert [(c.subject_id, c.before, c.after) for c in noted if c.before is not None] == [
        (one.pk, {"industry": "Oil"}, {"industry": "Steel"}),
        (one.pk, {"owner_id": None}, {"owner_id": user.pk}),
    ]
