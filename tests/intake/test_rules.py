"""The rules of a mapping: how a column is written, what a cell means, who is left alone."""

import pytest

from intake import staging
from intake.models import StagedRow
from leads.models import Lead
from tests.factories import AttributeFactory, CompanyFactory, LeadFactory
from tests.intake.conftest import import_file, reasons, totals

pytestmark = pytest.mark.django_db


def a_lead(**fields):
    AttributeFactory(code="visits", kind="number")
    AttributeFactory(code="tag")
    return LeadFactory(email="a@gmail.com", city="Ulm", interest="", values={"tag": "x"}, **fields)


@pytest.mark.parametrize(
    ("write", "city", "interest", "values"),
    [
        ("overwrite", "Kiel", "Heat", {"tag": "y", "visits": 2}),
        ("fill", "Ulm", "Heat", {"tag": "x", "visits": 2}),
        ("never", "Ulm", "", {"tag": "x"}),
    ],
)
def test_a_column_overwrites_fills_or_leaves_alone(write, city, interest, values):
    a_lead()
    rules = {name: {"write": write} for name in ("City", "Interest", "Tag", "Visits")}
    text = "Email,City,Interest,Tag,Visits\n{}@gmail.com,Kiel,Heat,y,2\n"
    job = import_file(text.format("a"), rules=rules)
    lead = Lead.objects.get()
    assert (lead.city, lead.interest, lead.attributes.values) == (city, interest, values)
    assert totals(job) == ({"unchanged": 1} if write == "never" else {"updated": 1})
    assert totals(import_file(text.format("a"), rules=rules)) == {"unchanged": 1}
    import_file(text.format("new"), rules=rules)
    new = Lead.objects.get(email="new@gmail.com")
    assert (new.city, new.attributes.values) == ("Kiel", {"tag": "y", "visits": 2})


@pytest.mark.parametrize(
    ("write", "email"), [("overwrite", "b@gmail.com"), ("fill", "a@gmail.com")]
)
def test_keys_follow_their_rule_too(write, email):
    LeadFactory(email="a@gmail.com", external_id="7")
    import_file("Email,Lead ID\nb@gmail.com,7\n", rules={"Email": {"write": write}})
    assert Lead.objects.get().email == email


@pytest.mark.parametrize(
    ("write", "name"), [("overwrite", "New"), ("fill", "Old"), ("never", "Old")]
)
def test_the_company_follows_the_rule_of_the_column_that_names_it(write, name):
    LeadFactory(email="a@gmail.com", company=CompanyFactory(name="Old"))
    import_file("Email,Company\na@gmail.com,New\n", rules={"Company": {"write": write}})
    assert Lead.objects.get().company.name == name


def test_cells_mean_what_the_mapping_says():
    AttributeFactory(code="ready", kind="boolean")
    import_file(
        "Email,City,Ready\na@gmail.com,DO NOT KNOW,Ja\nb@gmail.com,Muc,nein\n",
        rules={
            "City": {"values": {"do not know": "", "MUC": "Munich"}},
            "Ready": {"values": {"ja": "yes", "nein": "no"}},
        },
    )
    found = Lead.objects.order_by("email").values_list("city", "attributes__values")
    assert list(found) == [("", {"ready": True}), ("Munich", {"ready": False})]


def test_only_known_people_are_updated_when_that_is_wanted():
    a_lead(first_name="Ann")
    text = "Email,First name\nA@gmail.com,Anna\nnew@gmail.com,New\n\nnew@gmail.com,Newer\nbad,x\n"
    job = import_file(text, rules={"update_only": True})
    assert totals(job) == {"updated": 1, "skipped": 3, "failed": 1}
    told = job.rejected.filter(skipped=True)
    assert list(told.values_list("line", flat=True)) == [3, 5]
    assert "only known people are updated" in reasons(job)[3]
    assert Lead.objects.get().first_name == "Anna"


def test_who_is_gone_before_the_update_is_skipped_in_words(monkeypatch):
    a_lead()
    stage = staging.stage

    def and_then_delete(job):
        stage(job)
        Lead.objects.filter(email="a@gmail.com").update(email="b@gmail.com")
        StagedRow.objects.filter(job=job).update(person=-999)

    monkeypatch.setattr("intake.staging.stage", and_then_delete)
    job = import_file("Email,City\na@gmail.com,Kiel\n", rules={"update_only": True})
    assert totals(job) == {"skipped": 1}
    assert "only known people are updated" in reasons(job)[2]
