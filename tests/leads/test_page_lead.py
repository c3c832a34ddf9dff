"""The page of a lead: who sees it, what it tells, what may be done, and what happens then."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import judging
from handoff.qualifying import released
from leads.models import Activity, Lead
from leads.perform import perform
from leads.timeline import timeline
from tests import story
from tests.factories import (
    ActivityFactory,
    AttributeFactory,
    CompanyFactory,
    LeadFactory,
    RepFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "lead"}
TOMORROW = {"discovery_at": f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"}


def url(name, lead, *more):
    return reverse(f"leads:{name}", args=[lead.pk, *more])


def stage(lead):
    return Lead.objects.get(pk=lead.pk).stage


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


@pytest.fixture
def rep(client):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    client.force_login(rep)
    return rep


@pytest.mark.parametrize("name", ["detail", "edit"])
def test_a_rep_does_not_find_what_is_not_theirs(client, rep, name):
    assert client.get(url(name, story.an_mql())).status_code == 404
    assert client.get(url(name, story.handed_off(to=rep))).status_code == 200


@pytest.mark.parametrize("role", [roles.MARKETER, roles.SALES_MANAGER, roles.MARKETING_MANAGER])
def test_marketing_and_managers_see_every_lead(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(url("detail", story.accepted())).status_code == 200


def test_customer_success_reads_customers_and_changes_nothing(client):
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    assert client.get(url("detail", story.an_mql())).status_code == 404


def test_the_whole_page_its_region_its_timeline_and_a_restored_page(client, ivana):
    lead = story.an_mql()
    page = url("detail", lead)
    assert b"<html" in client.get(page).content
    assert client.get(page, headers=HTMX).content.strip().startswith(b'<article id="lead"')
    timeline = client.get(page, headers=HTMX | {"HX-Target": "timeline"}).content.strip()
    assert timeline.startswith(b'<section class="card" id="timeline"')
    restored = HTMX | {"HX-History-Restore-Request": "true"}
    assert b"<html" in client.get(page, headers=restored).content


def test_the_page_asks_the_same_whatever_the_length_of_the_history(
    client, ivana, django_assert_max_num_queries
):
    lead = story.accepted()
    AttributeFactory(code="budget")
    lead.attributes.values = {"budget": "big"}
    lead.attributes.save()
    judging.judge_stale()
    client.get(url("detail", lead))
    with django_assert_max_num_queries(14) as first:
        assert "big" in client.get(url("detail", lead)).content.decode()
    ActivityFactory.create_batch(60, lead=lead)
    with django_assert_max_num_queries(14) as then:
        client.get(url("detail", lead))
    assert len(then) == len(first)


def test_only_what_this_person_may_do_now_is_offered(client, rep):
    offered, taken = story.handed_off(to=rep), story.accepted(by=rep)
    names = [one.name for one in client.get(url("detail", offered)).context["buttons"]]
    assert names == ["accept", "reject", "disqualify"]
    names = [one.name for one in client.get(url("detail", taken)).context["buttons"]]
    assert names == ["qualify_sales", "recycle", "disqualify"]
    others = story.handed_off(to=RepFactory(team=rep.team))
    assert client.get(url("detail", others)).context["buttons"] == []


@pytest.mark.parametrize("name", ["wake", "undo", "promote"])
def test_people_run_declared_transitions_with_a_form_only(client, ivana, name):
    assert client.get(url("act", story.an_mql(), name)).status_code == 404


def test_the_form_of_a_transition_is_a_page_and_a_dialog(client, ivana):
    act = url("act", story.an_mql(), "recycle")
    assert b"<html" in client.get(act).content
    answer = client.get(act, headers=HTMX)
    assert answer["HX-Retarget"] == "#dialog"
    assert b"data-reasons" in answer.content


def test_a_marketer_hands_off_and_takes_it_back(client, ivana):
    lead, rep = story.an_mql(), RepFactory()
    answer = client.post(url("act", lead, "hand_off"), {"to": f"user:{rep.pk}"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f"to {rep}" in html
    assert f'hx-post="{url("undo", lead)}"' in html
    answer = client.post(url("undo", lead), headers=HTMX)
    assert "queue-changed" in answer["HX-Trigger"]
    assert "is MQL again" in answer.content.decode()
    assert stage(lead) == "mql"


def test_undo_after_ten_seconds_is_refused_in_words(client, ivana):
    lead = story.an_mql()
    perform(lead, "hand_off", by=ivana, to_user=RepFactory())
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        client.force_login(ivana)
        answer = client.post(url("undo", lead))
        assert answer.status_code == 409
        assert "More than 10 seconds" in answer.content.decode()
    assert stage(lead) == "handed_off"


def test_without_scripts_a_move_leads_back_to_the_page(client, rep):
    lead = story.handed_off(to=rep)
    answer = client.post(url("act", lead, "accept"), TOMORROW)
    assert (answer.status_code, answer.url) == (302, lead.get_absolute_url())
    assert stage(lead) == "sal"


def test_what_is_missing_is_said_at_its_field(client, rep):
    lead = story.handed_off(to=rep)
    for data in ({}, {"discovery_at": "2001-01-01T10:00"}, {"discovery_at": "soon"}):
        answer = client.post(url("act", lead, "accept"), data, headers=HTMX)
        assert answer.status_code == 422
        assert answer["HX-Retarget"] == "#dialog"
        assert 'aria-invalid="true"' in answer.content.decode()
    assert stage(lead) == "handed_off"


def test_missing_data_links_to_its_field(client, ivana):
    lead = story.an_mql(phone="", email="")
    answer = client.post(url("act", lead, "hand_off"), headers=HTMX)
    assert answer.status_code == 422
    assert f'href="{url("edit", lead)}#id_' in answer.content.decode()


def test_the_second_of_two_tabs_is_told_who_took_it(client, rep):
    mate = RepFactory(first_name="Tomáš", last_name="Novák", team=rep.team)
    lead = story.an_mql()
    perform(lead, "hand_off", by=UserFactory(), to_team=rep.team, offer_to_team=True)
    perform(lead, "accept", by=mate, discovery_at=timezone.now() + timedelta(days=1))
    for headers in (HTMX, {}):
        answer = client.post(url("act", lead, "accept"), TOMORROW, headers=headers)
        assert answer.status_code == 409
        assert "Tomáš Novák accepted this lead" in answer.content.decode()


def test_what_is_not_yours_to_do_is_forbidden(client, rep):
    lead = story.handed_off(to=RepFactory(team=rep.team))
    assert client.get(url("act", lead, "accept")).status_code == 403
    assert client.post(url("act", lead, "accept"), TOMORROW).status_code == 403
    assert client.post(url("log", story.an_mql())).status_code == 404
    assert client.post(url("act", story.an_mql(), "accept"), TOMORROW).status_code == 404


def test_who_loses_sight_of_a_lead_is_led_to_the_list(client, rep):
    lead = LeadFactory()
    perform(lead, "claim", by=rep, discovery_at=timezone.now() + timedelta(days=1))
    story.agreement_in_force()
    answer = client.post(url("act", lead, "disqualify"), {"reason": "spam"}, headers=HTMX)
    assert answer["HX-Redirect"] == reverse("leads:list")
    answer = client.post(url("undo", lead), headers=HTMX)
    assert answer.status_code == 200
    assert stage(lead) == "sal"


def test_a_note_and_a_call_join_the_timeline(client, rep):
    lead = story.accepted(by=rep)
    client.post(url("log", lead), {"kind": "note", "body": "Board decides in June."})
    answer = client.post(url("log", lead), {"kind": "no_answer"}, headers=HTMX)
    html = answer.content.decode()
    assert "Board decides in June." in html
    assert "Called, no answer" in html
    assert set(Activity.objects.values_list("kind", "by")) == {("note", rep.pk), ("call", rep.pk)}
    answer = client.post(url("log", lead), {"kind": "note"}, headers=HTMX)
    assert answer.status_code == 422
    assert "The note is empty." in answer.content.decode()


def test_a_note_of_ours_does_not_end_a_hold_that_waits_for_the_lead(client, ivana):
    lead = story.an_mql()
    perform(lead, "recycle", by=ivana, reason="low_intent")
    client.post(url("log", lead), {"kind": "note", "body": "Still nothing."})
    assert not Lead.objects.filter(released(timezone.now()), pk=lead.pk).exists()
    ActivityFactory(lead=lead)
    assert Lead.objects.filter(released(timezone.now()), pk=lead.pk).exists()


def test_the_timeline_merges_everything_newest_first_and_loses_nothing(ivana):
    lead = story.accepted()
    start = timezone.now() - timedelta(hours=2)
    for step in range(25):
        ActivityFactory(lead=lead, happened_at=start + timedelta(hours=step // 5))
    seen, older = [], ""
    while True:
        part = timeline(lead.pk, older=older, size=4)
        seen += [moment.place for moment in part.moments]
        older = part.older
        if not older:
            break
    assert len(seen) == len(set(seen)) == 25 + lead.events.count()
    assert seen == sorted(seen, reverse=True)
    assert len(timeline(lead.pk, shows="stages").moments) == lead.events.count()


def test_an_undone_step_stays_in_the_timeline_as_undone(client, ivana):
    lead = story.an_mql()
    perform(lead, "hand_off", by=ivana, to_user=RepFactory())
    perform(lead, "undo", by=ivana)
    html = client.get(url("detail", lead)).content.decode()
    assert "<s>MQL → Handed off, by Ivana Petrova</s>" in html


def test_a_timeline_page_that_does_not_exist_is_a_bad_request(client, ivana):
    for older in ("x", "2026-01-01~1~1", "a~b~c"):
        assert client.get(url("detail", story.an_mql()), {"older": older}).status_code == 400


def test_facts_are_edited_and_the_lead_may_move_meanwhile(client, ivana):
    lead = story.an_mql(company=None)
    edit = url("edit", lead)
    fields = client.get(edit).context["form"].initial | {"phone": "+49 1", "company": "Halden"}
    answer = client.post(edit, fields | {"next": "/review/"})
    assert (answer.status_code, answer.url) == (302, "/review/")
    fresh = Lead.objects.get(pk=lead.pk)
    assert (fresh.phone, fresh.company.name, fresh.stage) == ("+49 1", "Halden", "mql")
    client.post(edit, fields | {"company": "HALDEN", "stage": "customer"})
    assert Lead.objects.get(pk=lead.pk).company == fresh.company
    assert stage(lead) == "mql"


def test_a_stranger_next_address_is_not_followed(client, ivana):
    lead = story.an_mql()
    fields = client.get(url("edit", lead)).context["form"].initial
    answer = client.post(url("edit", lead), fields | {"next": "https://evil.example/"})
    assert answer.url == lead.get_absolute_url()


def test_a_taken_email_names_the_other_lead_only_to_who_may_see_it(client, rep):
    mine, foreign = story.handed_off(to=rep), LeadFactory(last_name="Secret")
    known = story.handed_off(to=rep, company=CompanyFactory())
    fields = client.get(url("edit", mine)).context["form"].initial
    answer = client.post(url("edit", mine), fields | {"email": foreign.email.upper()})
    assert answer.status_code == 422
    assert "Another lead has this email." in answer.content.decode()
    assert "Secret" not in answer.content.decode()
    answer = client.post(url("edit", mine), fields | {"email": known.email})
    assert f'href="{known.get_absolute_url()}"' in answer.content.decode()


def test_a_rep_edits_only_what_is_theirs_or_their_teams(client, rep):
    once = story.handed_off(to=rep)
    perform(once, "reject", by=rep, reason="low_intent")
    assert client.get(url("detail", once)).status_code == 200
    assert client.get(url("edit", once)).status_code == 403
    assert client.get(url("edit", story.accepted(by=RepFactory(team=rep.team)))).status_code == 200


def test_an_expired_session_leads_to_sign_in_and_back(client):
    lead = story.an_mql()
    headers = HTMX | {"HX-Current-URL": f"http://testserver{lead.get_absolute_url()}"}
    answer = client.post(url("act", lead, "hand_off"), headers=headers)
    assert answer["HX-Redirect"] == f"/account/login/?next={lead.get_absolute_url()}"
