"""Double opt-in: the lead is taken in at once, the consent counts after a click in an email."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from intake.models import Submission
from leads.models import Consent, Lead
from tests.factories import LeadFactory
from tests.intake.form_world import ANNA, TICKED, a_form, link, send

pytestmark = pytest.mark.django_db
CONSENTS = Consent.objects.filter(basis="consent")


@pytest.fixture
def sent(client, mailbox, django_capture_on_commit_callbacks):
    """Sends a double opt-in form; returns the emails that followed."""

    def send_it(said=TICKED, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            send_it.answer = send(client, a_form(double_opt_in=True, **fields), said)
        return mailbox.mails

    return send_it


def test_the_request_counts_at_once_and_the_consent_after_the_click(client, sent):
    (mail,) = sent()
    assert "We are sending you an email" in client.get(sent.answer.url).content.decode()
    assert mail["To"] == mail["Delivered-To"] == "anna@kempen.example"
    assert mail["Subject"] == "Please confirm: See it live"
    lead, kept = Lead.objects.get(), Submission.objects.get()
    assert lead.activities.get().kind == "demo_request"
    assert (kept.state, lead.consent_basis) == ("waiting", "Contract")
    assert not CONSENTS.exists()

    assert "Was it you" in client.get(link(mail)).content.decode()
    assert not CONSENTS.exists()
    client.post(link(mail))
    assert "it is confirmed" in client.post(link(mail), follow=True).content.decode()
    given = CONSENTS.get()
    kept.refresh_from_db()
    assert (kept.state, given.happened_at) == ("confirmed", kept.confirmed_at)
    assert given.proof["confirmed_at"] == kept.confirmed_at.isoformat()
    assert given.proof["sent_at"] == kept.received_at.isoformat()


def test_a_confirmed_download_gives_a_basis(client, sent):
    (mail,) = sent(kind="download")
    assert Lead.objects.get().consent_basis == ""
    client.post(link(mail))
    assert Lead.objects.get().consent_basis == "Consent, newsletter 1"


def test_without_a_consent_nothing_is_asked(sent):
    assert sent(ANNA) == []
    assert Submission.objects.get().state == "taken_in"


def test_a_link_ends_and_a_wrong_one_is_none(client, sent):
    (mail,) = sent()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for method in (client.get, client.post):
            answer = method(link(mail))
            assert answer.status_code == 410
            assert "has expired" in answer.content.decode()
    for token in ("x", link(mail).split("/")[-2][:-1], "²", "%00"):
        assert client.post(f"/f/demo/confirm/{token}/").status_code == 404
    assert not CONSENTS.exists()


def test_what_was_confirmed_for_a_merged_lead_is_of_the_one_it_became(client, sent):
    (mail,) = sent()
    winner = LeadFactory()
    Lead.objects.filter(email="anna@kempen.example").update(merged_into=winner)
    client.post(link(mail))
    assert CONSENTS.get().lead == winner


def test_nobody_is_flooded_with_emails(client, mailbox, django_capture_on_commit_callbacks):
    form = a_form(double_opt_in=True)
    for n in range(7):
        with django_capture_on_commit_callbacks(execute=True):
            send(client, form, TICKED | {"message": str(n)})
    assert len(mailbox.mails) == 5
    assert Submission.objects.filter(why__startswith="No email").count() == 2
    assert Lead.objects.get().activities.count() == 7


def test_a_heading_cannot_add_headers(sent):
    (mail,) = sent(heading="Hello\nBcc: all@x.example")
    assert mail["Subject"] == "Please confirm: Hello Bcc: all@x.example"
    assert (mail["Bcc"], mail["Delivered-To"]) == (None, "anna@kempen.example")


def test_a_name_around_the_address_is_no_second_reader(sent):
    (mail,) = sent(TICKED | {"lead.email": "Anna <anna@kempen.example>"})
    assert mail["To"] == mail["Delivered-To"] == "anna@kempen.example"
