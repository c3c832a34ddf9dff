"""What is sent by a form is kept first, and then taken in: a lead, what it did, where from."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake import submitting
from intake.models import Submission
from leads import tombstones
from leads.arriving import Person, arrive
from leads.models import Activity, Campaign, Consent, Lead, LeadEvent, StaleLead, Touch
from tests.factories import AttributeFactory, LeadFactory, UserFactory
from tests.intake.form_world import ANNA, a_form, a_text, opened, send

pytestmark = pytest.mark.django_db
NEWS = {"consent.newsletter": "1"}
UTM = "?utm_source=google&utm_medium=cpc&utm_campaign=spring&utm_term=meters&utm_content=b"


def test_a_new_person_becomes_a_lead_that_raised_a_hand(client):
    spring = Campaign.objects.create(name="Spring", utm_campaign="SPRING")
    form = a_form(interest="Metering hub", campaign=Campaign.objects.create(name="Always"))
    answer = send(client, form, ANNA | NEWS | {"message": "Call me"}, query=UTM)
    assert (answer.status_code, answer.url) == (302, "/f/demo/thanks/")
    lead = Lead.objects.get()
    assert (lead.email, lead.name, lead.company.name) == (
        "anna@kempen.example", "Anna Peeters", "Kempen NV",
    )  # fmt: skip
    assert (lead.source, lead.campaign, lead.interest) == ("google", spring, "Metering hub")
    done = lead.activities.get()
    assert (done.kind, done.subject, done.body) == ("demo_request", "The demo", "Call me")
    assert done.properties["form"] == "demo"
    kept = Submission.objects.get()
    assert (kept.state, kept.lead, kept.payload["message"]) == ("taken_in", lead, "Call me")
    assert LeadEvent.objects.get(lead=lead).details == {"form": "demo"}
    assert StaleLead.objects.filter(lead_id=lead.pk, acted_since__isnull=False).exists()


def test_where_it_came_from_is_a_touch_and_the_first_one_stays(client):
    form = a_form()
    carried = opened(client, form, UTM, Referer="https://www.google.com/")
    send(client, form, carried=carried)
    send(client, form, ANNA | {"message": "again"}, query="?utm_source=linkedin")
    first, last = Touch.objects.order_by("pk")
    assert (first.source, first.medium, first.term, first.content) == (
        "google", "cpc", "meters", "b",
    )  # fmt: skip
    assert first.landing_page.startswith("http://testserver/f/demo/?utm_source=google")
    assert first.referrer == "https://www.google.com/"
    assert last.source == "linkedin"
    assert Lead.objects.get().source == "google"


def test_whoever_is_known_is_not_dropped_and_keeps_what_is_known(client):
    known = LeadFactory(email="ANNA@kempen.example", first_name="Annemie", source="", interest="")
    send(client, a_form(interest="Metering hub"))
    known.refresh_from_db()
    assert (known.first_name, known.source, known.interest) == ("Annemie", "", "")
    assert known.activities.get().kind == "demo_request"
    assert Submission.objects.get().lead == known


def test_the_ledger_holds_the_text_that_was_read(client):
    form = a_form(kind="download")
    carried = opened(client, form)
    a_text(version=2, text="You may write to me every day.")
    send(client, form, ANNA | NEWS, carried=carried)
    given = Consent.objects.get(purpose="marketing_email")
    assert (given.purpose, given.given, given.basis) == ("marketing_email", True, "consent")
    assert (given.text_version, given.text) == ("newsletter 1", "You may write to me.")
    kept = Submission.objects.get()
    assert given.proof["submission"] == kept.pk
    assert given.proof["address"] == kept.address != "127.0.0.1"
    assert given.source == "form demo"
    assert Lead.objects.get().consent_basis == "Consent, newsletter 1"


def test_a_box_that_is_not_ticked_says_nothing(client):
    send(client, a_form(kind="download"))
    assert not Consent.objects.exists()
    assert Lead.objects.get().consent_basis == ""


def test_who_asks_to_be_contacted_may_be_contacted(client):
    send(client, a_form(kind="contact_request"))
    asked = Consent.objects.get()
    assert (asked.purpose, asked.basis, asked.text) == ("phone", "contract", "")
    assert Lead.objects.get().consent_basis == "Contract"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("number", "3", 3), ("boolean", "No", False), ("date", "2026-05-31", "2026-05-31"),
     ("text", "=1+1", "=1+1")],
)  # fmt: skip
def test_custom_attributes_are_typed(client, kind, text, value):
    AttributeFactory(code="halls", kind=kind)
    send(client, a_form(asks=["attr.halls"]), ANNA | {"attr.halls": text})
    assert Lead.objects.get().attributes.values == {"halls": value}


def test_a_double_click_and_a_reload_submit_once(client):
    form = a_form()
    carried = opened(client, form)
    answers = [send(client, form, carried=carried) for _ in range(3)]
    assert {one.url for one in answers} == {"/f/demo/thanks/"}
    assert Submission.objects.count() == Activity.objects.count() == 1
    send(client, form, ANNA | {"message": "I forgot to say"}, carried=carried)
    assert Submission.objects.count() == Activity.objects.count() == 2
    assert Lead.objects.count() == 1


def test_a_fault_behind_loses_nothing_and_the_sweep_takes_it_in(client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("intake.submitting.arrive", _breaks)
        assert send(client, a_form()).url == "/f/demo/thanks/"
    kept = Submission.objects.get()
    assert (kept.state, kept.lead) == ("received", None)
    assert not Activity.objects.exists()
    submitting.sweep(timezone.now() + timedelta(minutes=5))
    submitting.sweep(timezone.now() + timedelta(minutes=6))
    assert Submission.objects.get().state == "taken_in"
    assert Activity.objects.count() == 1


def _breaks(*_args, **_options):
    raise RuntimeError("The database is busy.")


def test_who_was_erased_comes_back_by_an_act_of_their_own_and_not_by_an_import(client):
    tombstones.bury(tombstones.keys_of(email="anna@kempen.example"), now=timezone.now())
    send(client, a_form())
    assert Lead.objects.get().email == "anna@kempen.example"
    assert "erased" in Submission.objects.get().why
    again = Person(email="anna@kempen.example")
    arrive([again], now=timezone.now(), source="import 1")
    assert "erased" in again.refusal.message


def test_what_was_released_counts_as_a_person(client):
    form, by = a_form(), UserFactory()
    send(client, form, homepage="https://spam.example")
    kept = submitting.take_in(Submission.objects.get(), now=timezone.now(), by=by)
    done = Activity.objects.get()
    assert (done.actor_class, done.classified_by) == ("human", "person")
    assert (kept.state, kept.decided_by, done.happened_at) == ("taken_in", by, kept.received_at)


def test_a_visitor_is_told_who_it_is_where_visits_are_tracked(client, monkeypatch):
    told = []
    identify = "intake.visitors.identify"
    monkeypatch.setattr(identify, lambda *who, **how: told.append((who, how)))
    form = a_form()
    send(client, form)
    send(client, form, ANNA | {"message": "again"}, visitor="v-1\x00")
    ((visitor, lead), how) = told[0]
    assert (visitor, lead, how["proof"]["by"]) == ("v-1", Lead.objects.get(), "form demo")
    assert len(told) == 1
