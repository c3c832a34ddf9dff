"""Rolling an import back: the database as before, but for what was changed since."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from handoff import judging
from intake import importing, jobs, removing, undoing
from intake.models import ImportChange
from leads.models import Attribute, Company, ExternalId, FieldChange, Lead
from leads.perform import perform
from leads.refusals import Conflict
from tests import story
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RuleFactory,
    UserFactory,
)
from tests.intake.conftest import import_file, kept, roll_back, upload, world

pytestmark = pytest.mark.django_db
TEXT = (
    "Email,Lead ID,Name,City,Visits,Company,Website,Industry\n"
    "old@gmail.com,1,Ann Lee,Kiel,3,Halden,halden.example,Steel\n"
    "new@gmail.com,2,New Comer,Bonn,4,Firm,firm.example,Wood\n"
)


def a_world():
    AttributeFactory(code="tag")
    company = CompanyFactory(name="Halden", domain="halden.example", industry="")
    LeadFactory(
        email="old@gmail.com", first_name="Anne", last_name="Lee", city="", values={"tag": "x"}
    )
    return company


def facts():
    """The world without the history of what was known, which keeps both changes."""
    lead, attributes, company, events, _changes, definitions, _stale = world()
    return lead, attributes, company, events, definitions, list(ExternalId.objects.values())


@pytest.mark.parametrize("system", ["", "hubspot"])
@pytest.mark.parametrize("piece", [1, 2_000])
def test_the_database_is_as_before(monkeypatch, system, piece):
    for module in ("staging", "merging", "undoing"):
        monkeypatch.setattr(f"intake.{module}.CHUNK", piece)
    a_world()
    before = facts()
    job = import_file(TEXT, system=system)
    assert facts() != before
    user = UserFactory()
    job = roll_back(job, by=user)
    assert facts() == before
    assert (job.undone_by, job.kept, job.undone) == (user, 0, job.undo_total)
    assert job.undo_total > 4
    assert not ImportChange.objects.exists()
    source = f"rollback of import {job.pk}"
    assert FieldChange.objects.filter(source=source, field="city", new="").count() == 1


def test_a_world_without_leads_is_empty_again_to_the_last_mark():
    before = world()
    job = import_file(TEXT)
    roll_back(job)
    now = world()
    # What was known of a company that is deleted is kept, as always.
    assert now[:4] + now[5:] == before[:4] + before[5:]
    assert set(FieldChange.objects.values_list("subject", flat=True)) == {"company"}


def test_what_was_changed_since_stays_and_says_by_whom():
    a_world()
    job = import_file(TEXT)
    import_file("Email,City,Visits\nold@gmail.com,Rome,3\nnew@gmail.com,,5\n")
    second = FieldChange.objects.latest("pk").source
    roll_back(job)
    old = Lead.objects.get(email="old@gmail.com")
    assert (old.city, old.first_name, old.company) == ("Rome", "Anne", None)
    assert old.attributes.values == {"tag": "x"}
    assert Lead.objects.filter(email="new@gmail.com").exists()
    assert ("lead", f"Changed since ({second}): City.") in kept(job)
    assert ("lead", "Its attributes were changed since.") in kept(job)
    assert ("attribute", "Leads have it by now.") in kept(job)
    assert ("company", "By now this belongs to it: lead.") in kept(job)


def moved(lead):
    story.agreement_in_force()
    perform(lead, "disqualify", by=UserFactory(), reason="spam")


def merged(lead):
    Lead.objects.filter(pk=lead.pk).update(merged_into=LeadFactory())


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (lambda lead: ActivityFactory(lead=lead), "By now this belongs to it: activity."),
        (lambda lead: LeadFactory(referred_by=lead), "By now this belongs to it: lead."),
        (lambda lead: ExternalId.objects.create(lead=lead, system="x", value="1"),
         "Another system knows it by now."),
        (moved, "It was moved or handed on since."),
        (merged, "It was moved or handed on since."),
        (lambda lead: Lead.objects.filter(pk=lead.pk).update(city="Rome"), "Changed since: City."),
    ],
)  # fmt: skip
def test_a_new_lead_that_something_was_done_to_stays(since, words):
    job = import_file("Email,Name\na@gmail.com,Ann\nb@gmail.com,Bo\n", system="crm")
    since(Lead.objects.get(email="a@gmail.com"))
    roll_back(job)
    assert Lead.objects.filter(email="a@gmail.com").exists()
    assert not Lead.objects.filter(email="b@gmail.com").exists()
    assert kept(job) == [("lead", words)]
    assert job.kept == 1


def test_what_the_program_worked_out_by_itself_keeps_nobody():
    story.agreement_in_force()
    job = import_file("Email,City\na@gmail.com,Ulm\n")
    judging.judge_stale()
    assert Lead.objects.get().scored_at
    for label in removing.WITH_THE_LEAD:
        assert apps.get_model(label)
    roll_back(job)
    assert not Lead.objects.exists()


def test_a_change_and_its_way_back_is_no_change():
    job = import_file("Email,City\na@gmail.com,Ulm\n")
    other = import_file("Email,City\na@gmail.com,Rome\n")
    roll_back(other)
    roll_back(job)
    assert not Lead.objects.exists()


def test_an_address_that_somebody_else_has_by_now_is_not_given_back():
    lead = LeadFactory(email="old@gmail.com", external_id="7", city="")
    job = import_file("Email,Lead ID,City\nnew@gmail.com,7,Ulm\n")
    LeadFactory(email="OLD@gmail.com")
    roll_back(job)
    lead.refresh_from_db()
    assert (lead.email, lead.city) == ("new@gmail.com", "")
    assert kept(job) == [("lead", f"Changed since (import {job.pk}): Email.")]


def test_a_clash_that_nobody_foresaw_costs_its_own_change_only():
    """The database holds number and name together once, of those without other keys."""
    lead = LeadFactory(email="", phone="+4930555010", first_name="Ann", last_name="Lee")
    ExternalId.objects.create(lead=lead, system="crm", value="1")
    job = import_file("Lead ID,Phone,City\n1,+4930555099,\n2,+4930555098,Ulm\n", system="crm")
    LeadFactory(email="", phone="+4930555010", first_name="Ann", last_name="Lee")
    roll_back(job)
    assert kept(job) == [("lead", "Put back, it would clash with what is there now.")]
    assert Lead.objects.count() == 2


def test_definitions_that_a_rule_names_stay():
    job = import_file("Email,Visits,Hall\na@gmail.com,3,4\n")
    RuleFactory(kind="fit", condition={"field": "attr.visits", "op": "gt", "value": 1})
    roll_back(job)
    assert list(Attribute.objects.values_list("code", flat=True)) == ["visits"]
    assert kept(job) == [("attribute", "A condition names it by now.")]


def test_a_company_with_an_owner_or_a_new_name_stays():
    job = import_file("Email,Company\na@gmail.com,One\nb@gmail.com,Two\nc@gmail.com,Three\n")
    Company.objects.filter(name="One").update(owner=UserFactory())
    Company.objects.filter(name="Two").update(city="Ulm")
    roll_back(job)
    assert sorted(Company.objects.values_list("name", flat=True)) == ["One", "Two"]
    assert sorted(kept(job)) == [
        ("company", "Changed since: City."),
        ("company", "Somebody owns it by now."),
    ]


def test_a_cancelled_import_is_rolled_back_as_far_as_it_came(monkeypatch):
    monkeypatch.setattr("intake.merging.CHUNK", 2)
    job = upload("Email\n" + "".join(f"p{n}@gmail.com\n" for n in range(9)))
    jobs.start(job, job.mapping, ring_worker=False)
    _cancel_after_the_first_batch(monkeypatch, job)
    importing.run(job.pk, now=timezone.now())
    assert Lead.objects.count() == 2
    roll_back(job)
    assert not Lead.objects.exists()
    with pytest.raises(Conflict):
        jobs.resume(job, now=timezone.now())


def test_it_can_be_rolled_back_once_and_for_thirty_days():
    now = timezone.now()
    nothing, job = import_file("Email\n\n"), import_file("Email\na@gmail.com\n")
    assert undoing.may_undo(job, now)
    for one, when in [(job, now + timedelta(days=31)), (nothing, now)]:
        with pytest.raises(Conflict):
            undoing.start(one, by=None, now=when)
    roll_back(job)
    with pytest.raises(Conflict):
        undoing.start(job, by=None, now=now)


def _cancel_after_the_first_batch(monkeypatch, job):
    advance = jobs.advance

    def cancelled_meanwhile(one, **counts):
        advance(one, **counts)
        if "merged_to" in counts:
            jobs.cancel(one, now=timezone.now())

    monkeypatch.setattr("intake.jobs.advance", cancelled_meanwhile)
