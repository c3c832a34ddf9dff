"""Beside deciding: mending what is missing, and who else has a lead open."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import presence
from handoff.judging import judge_stale
from handoff.models import ReviewEntry
from leads.models import Lead, StaleLead
from leads.perform import perform
from tests import story
from tests.factories import LeadFactory, RepFactory, UserFactory
from tests.handoff.test_page_review import HTMX, URL, html
from tests.handoff.test_reviewing import place, ready

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def preview(client, lead):
    return html(client.get(reverse("handoff:preview", args=[lead.pk]), headers=HTMX))


def mend(client, lead, headers=HTMX, **typed):
    url = reverse("handoff:mend", args=[lead.pk])
    return client.post(url, typed | {"tab": "missing"}, headers=headers)


def looking(client, lead, user=None):
    if user:
        client.force_login(user)
    return html(client.post(reverse("handoff:looking", args=[lead.pk])))


def stage(lead):
    return Lead.objects.get(pk=lead.pk).stage


def fallen():
    lead = story.an_mql()
    Lead.objects.filter(pk=lead.pk).update(grade="D4", fit=0, engagement=0, score=0)
    place(lead)
    return lead


def test_what_is_missing_is_typed_beside_it_and_the_handoff_goes_on(client, ivana):
    RepFactory()
    lead = story.an_mql(phone="", company=None)
    page = preview(client, lead)
    assert "Phone is missing" in page
    assert 'id="mend_phone"' in page
    assert 'id="mend_company"' in page
    assert 'id="mend_email"' not in page
    page = html(mend(client, lead, phone="+49 561", company="Halden GmbH"))
    assert "Handed off" in page
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.phone, lead.company.name) == ("handed_off", "+49 561", "Halden GmbH")
    assert lead.email
    assert not ReviewEntry.objects.filter(lead=lead).exists()


def test_a_number_that_is_typed_beside_it_gets_the_code_of_the_leads_country(client, ivana):
    RepFactory()
    lead = story.an_mql(phone="", country="DE")
    html(mend(client, lead, phone="0561 55501"))
    assert Lead.objects.get(pk=lead.pk).phone == "+49 561 55501"


def test_all_that_is_missing_is_wanted_and_what_was_typed_stays(client, ivana):
    lead = story.an_mql(phone="", last_name="")
    page = html(mend(client, lead, phone="+49 561"), 422)
    assert page.count("This field is required.") == 1
    assert 'value="+49 561"' in page
    assert (stage(lead), Lead.objects.get(pk=lead.pk).phone) == ("mql", "")


def test_what_was_mended_stays_when_nobody_can_take_the_lead(client, ivana):
    lead = story.an_mql(phone="")
    page = html(mend(client, lead, phone="+49 561"), 422)
    assert "Nobody in sales can take this lead." in page
    assert 'data-key="KeyA"' in page
    assert Lead.objects.get(pk=lead.pk).phone == "+49 561"


def test_what_is_wrong_stands_at_its_field_and_nothing_is_written(client, ivana):
    other = LeadFactory(email="taken@example.com")
    lead = story.an_mql(phone="", email="")
    for headers in (HTMX, {}):
        page = html(mend(client, lead, headers, phone="+49 561", email="TAKEN@example.com"), 422)
        assert "Another lead has this email" in page
        assert other.get_absolute_url() in page
        assert 'value="+49 561"' in page
        assert 'id="mend-panel" data-panel>' in page
    assert Lead.objects.get(pk=lead.pk).phone == ""


def test_nobody_mends_what_is_not_missing(client, ivana):
    lead = story.an_mql(phone="")
    RepFactory()
    mend(client, lead, phone="+49 561", last_name="Changed")
    assert Lead.objects.get(pk=lead.pk).last_name != "Changed"


def test_bant_that_the_agreement_wants_is_asked_beside_it(client, ivana):
    story.agreement_in_force(bant_before=1)
    RepFactory()
    lead = story.an_mql()
    page = preview(client, lead)
    assert "BANT answer is missing" in page
    assert "0 of 1" in page
    assert 'id="mend_need"' in page
    html(mend(client, lead, need="perhaps"), 422)
    html(mend(client, lead, need="partly"))
    assert stage(lead) == "handed_off"
    answer = lead.bant.get()
    assert (answer.question, answer.value, answer.by) == ("need", "partly", ivana)


def test_who_looks_is_shown_to_others_and_not_to_themselves(client, ivana):
    lead, other = story.an_mql(), story.an_mql()
    looking(client, lead)
    assert "has it open" not in preview(client, lead)
    marta = UserFactory(first_name="Marta", last_name="Lindqvist")
    page = looking(client, lead, marta)
    assert "Ivana Petrova has it open" in page
    assert f'data-eye-of="{lead.pk}" hidden>Ivana<' in page
    page = html(client.get(f"{URL}{other.pk}/"))
    assert f'data-eye="{lead.pk}">' in page
    assert f'data-eye="{other.pk}" hidden>' in page
    assert "Ivana Petrova has it open" in preview(client, lead)
    assert looking(client, other, ivana).count("Marta") == 0
    assert "has it open" not in looking(client, lead, marta)


def test_who_had_it_first_keeps_the_lease_until_it_ends():
    lead, ivana, marta = ready(), UserFactory(), UserFactory()
    presence.look(ivana, lead.pk, now=NOW)
    presence.look(marta, lead.pk, now=NOW + timedelta(seconds=59))
    assert ReviewEntry.objects.get(lead=lead).seen_by == ivana
    presence.look(marta, lead.pk, now=NOW + timedelta(seconds=60))
    assert ReviewEntry.objects.get(lead=lead).seen_by == marta
    assert presence.others(ivana, now=NOW + timedelta(seconds=119)) != []
    assert presence.others(ivana, now=NOW + timedelta(seconds=120)) == []


@pytest.mark.parametrize("seconds", [59, 61])
def test_nobody_demotes_a_lead_at_which_somebody_looks(seconds):
    lead = fallen()
    presence.look(UserFactory(), lead.pk, now=NOW)
    judge_stale(NOW + timedelta(seconds=seconds))
    assert stage(lead) == ("mql" if seconds < 60 else "unqualified")


def test_the_lead_is_judged_again_when_the_look_ends():
    lead, ivana = fallen(), UserFactory()
    presence.look(ivana, lead.pk, now=NOW)
    judge_stale(NOW)
    assert stage(lead) == "mql"
    assert not StaleLead.objects.exists()
    presence.look(ivana, ready().pk, now=NOW + timedelta(seconds=5))
    StaleLead.objects.all().delete()
    judge_stale(NOW + timedelta(seconds=6))
    assert stage(lead) == "unqualified"


def test_who_asked_not_to_be_contacted_leaves_all_the_same():
    lead = ready()
    presence.look(UserFactory(), lead.pk, now=NOW)
    Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
    judge_stale(NOW)
    assert stage(lead) == "unqualified"


def test_a_look_locks_nothing(client, ivana):
    lead = ready()
    looking(client, lead)
    marta = UserFactory()
    perform(lead, "hand_off", by=marta, to_user=RepFactory())
    assert stage(lead) == "handed_off"
    looking(client, lead)
    assert not ReviewEntry.objects.filter(lead=lead).exists()


def test_a_look_asks_as_often_for_one_other_as_for_thirty(
    client, ivana, django_assert_max_num_queries
):
    lead = ready()
    with django_assert_max_num_queries(8) as one:
        looking(client, lead)
    for _ in range(30):
        presence.look(UserFactory(), ready().pk, now=timezone.now())
    with django_assert_max_num_queries(8) as thirty:
        looking(client, lead)
    assert len(thirty) == len(one)
