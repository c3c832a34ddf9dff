"""The pages of privacy: who sees them, what a search finds, the typed word, export and counts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from leads import retention, tombstones
from leads.models import Lead, RetentionRule, RetentionRun
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("privacy:page")
MANAGERS = [roles.MARKETING_MANAGER, roles.SALES_MANAGER]


def url(name, lead):
    return reverse(f"privacy:{name}", args=[lead.pk])


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MARKETING_MANAGER)
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", roles.ROLES)
def test_who_may(client, role):
    lead = LeadFactory()
    user = RepFactory() if role == roles.REP else UserFactory(role=role)
    client.force_login(user)
    may = role in MANAGERS
    assert client.get(PAGE).status_code == (200 if may else 403)
    assert client.get(url("person", lead)).status_code == (200 if may else 403)
    assert client.post(url("export", lead)).status_code == (200 if may else 403)
    assert client.get(url("export", lead)).status_code == 405
    said = {"address": "a@x.example", "confirm": "erase"}
    assert client.post(reverse("privacy:address"), said).status_code == (302 if may else 403)
    assert client.post(url("person", lead), {"confirm": "erase"}).status_code == (
        302 if may else 403
    )
    assert bool(Lead.objects.get().erased_at) is may


def test_a_manager_who_may_not_erase_still_exports(client, manager):
    lead = LeadFactory()
    permissions = manager.groups.get().permissions
    permissions.remove(permissions.get(codename="erase_lead"))
    client.force_login(manager)
    assert b"You may not erase" in client.get(url("person", lead)).content
    assert client.post(url("person", lead), {"confirm": "erase"}).status_code == 403
    assert not Lead.objects.get().erased_at


@pytest.mark.parametrize("said", ["ann@X.example ", "+49 151 1234567", "0049 151 12 34 567", "A-7"])
def test_a_person_is_found_by_what_they_write(client, manager, said):
    lead = LeadFactory(email="Ann@x.example", phone="+491511234567", external_id="A-7")
    LeadFactory(phone="")
    answer = client.get(PAGE, {"q": said})
    assert answer.context["people"] == [lead]
    assert url("person", lead) in answer.content.decode()


@pytest.mark.parametrize("said", ["nobody@x.example", "+49 151 7654321"])
def test_an_address_of_nobody_is_erased_and_recognised(client, manager, said):
    assert "form" in client.get(PAGE, {"q": said}).context
    address = reverse("privacy:address")
    wrong = client.post(address, {"address": said, "confirm": "yes"})
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["confirm"]
    assert client.post(address, {"address": said, "confirm": " Erase "}).status_code == 302
    keys = tombstones.keys_of(phone=said) or tombstones.keys_of(email=said)
    assert tombstones.erased(keys)
    again = client.get(PAGE, {"q": said})
    assert again.context["form"] is None
    assert b"somebody who was erased" in again.content


def test_what_is_no_address_is_told_so(client, manager):
    assert b"with its country code" in client.get(PAGE, {"q": "Ann"}).content
    said = {"address": "Ann", "confirm": "erase"}
    assert client.post(reverse("privacy:address"), said).status_code == 422
    known = {"address": LeadFactory().email, "confirm": "erase"}
    answer = client.post(reverse("privacy:address"), known)
    assert answer.status_code == 422
    assert b"Erase the lead" in answer.content
    assert client.post(reverse("privacy:address"), {"address": "\0"}).status_code == 422
    assert client.get(PAGE, {"q": "\0", "counts": "\0"}).status_code == 200


def test_erasing_wants_the_word(client, manager):
    lead = LeadFactory()
    answer = client.post(url("person", lead), {"confirm": "delete"})
    assert (answer.status_code, Lead.objects.get().erased_at) == (422, None)
    assert b"Type the word" in answer.content
    answer = client.post(url("person", lead), {"confirm": "ERASE"}, follow=True)
    assert b"Erased person" in answer.content
    assert Lead.objects.get().events.get(name="erased").actor == manager


def test_export_is_a_file_and_stands_in_the_timeline(client, manager):
    lead = story.an_mql()
    answer = client.post(url("export", lead))
    assert answer["Content-Type"] == "application/zip"
    assert f"person-{lead.pk}-" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    event = lead.events.get(name="exported")
    assert (event.actor, event.source, event.target) == (manager, "", "")
    assert b"Exported for the person, by" in client.get(lead.get_absolute_url()).content


def test_the_lead_page_leads_here(client, manager):
    lead = LeadFactory()
    assert url("person", lead) in client.get(lead.get_absolute_url()).content.decode()
    client.force_login(UserFactory())
    assert url("person", lead) not in client.get(lead.get_absolute_url()).content.decode()


def test_counts_are_shown_when_asked_for(client, manager):
    old = timezone.now() - timedelta(days=4_000)
    LeadFactory(created_at=old, stage_at=old)
    rules = client.get(PAGE).context["rules"]
    assert {one.would for one in rules} == {None}
    counted = {one.kind: one.would for one in client.get(PAGE, {"counts": "1"}).context["rules"]}
    assert counted["leads"] == "1"
    assert counted["notices"] == "0"


def test_the_last_runs(client, manager):
    rule = retention.rules()[0]
    now = timezone.now()
    RetentionRun.objects.create(rule=rule, before=now, started_at=now, dropped=7, error="no disk")
    body = client.get(PAGE).content.decode()
    assert "no disk" in body
    assert str(rule) in body


@pytest.mark.parametrize("n", [1, 30])
def test_one_costs_as_much_as_many(client, manager, n, django_assert_max_num_queries):
    number = "+49 151 1234567"
    LeadFactory.create_batch(n, phone=number)
    rule, now = retention.rules()[0], timezone.now()
    RetentionRun.objects.bulk_create(
        RetentionRun(rule=rule, before=now, started_at=now) for _ in range(n)
    )
    client.get(PAGE)
    with django_assert_max_num_queries(10):
        assert client.get(PAGE, {"q": number}).status_code == 200


def test_rules_are_edited_by_administrators(client, admin_user):
    client.force_login(admin_user)
    assert client.get(reverse("admin:leads_retentionrule_changelist")).status_code == 200
    rule = RetentionRule.objects.get(kind="notices")
    page = reverse("admin:leads_retentionrule_change", args=[rule.pk])
    assert client.post(page, {"months": "0", "active": "on"}).status_code == 200
    assert client.post(page, {"months": "6", "active": "on"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.kind, rule.months, rule.active) == ("notices", 6, True)
    assert b"Edit" in client.get(PAGE).content
