"""A mail server that refuses, is away or hangs up: the form is taken in, no email is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.db import connection
from django.utils import timezone

from intake import confirming, submitting
from intake.models import Submission
from leads.models import Consent, Lead
from tests.intake.form_world import TICKED, a_form, link, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(client, mailbox, django_capture_on_commit_callbacks):
    """Sends a double opt-in form of this person, who is thanked and taken in whatever happens to
    the email. Returns the Submission."""
    form = a_form(double_opt_in=True)

    def send_it(email="anna@kempen.example"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(client, form, TICKED | {"lead.email": email})
        assert (answer.status_code, answer.url) == (302, "/f/demo/thanks/?mail")
        return Lead.objects.get(email=email).submissions.get()

    return send_it


def later(kept, **after):
    """What the scheduler does then. Returns the Submission."""
    submitting.sweep(kept.received_at + (timedelta(**after) if after else timedelta(minutes=2)))
    return Submission.objects.get(pk=kept.pk)


def test_the_password_is_said_as_the_address_of_the_server_tells_it(settings, mailbox):
    send_mail("Hello", "You there", None, ["anna@kempen.example"])
    (mail,) = mailbox.wait(1)
    assert (mail["Subject"], mail.get_content().strip()) == ("Hello", "You there")
    settings.EMAIL_HOST_PASSWORD = "another"
    with pytest.raises(OSError, match="535"):
        send_mail("Hello", "You there", None, ["anna@kempen.example"])


def test_nothing_is_said_in_the_clear_unless_told_so(settings, mailbox):
    settings.EMAIL_USE_TLS = True
    with pytest.raises(OSError, match="STARTTLS"):
        send_mail("Hello", "You there", None, ["anna@kempen.example"])
    assert mailbox.mails == []


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_what_is_refused_for_good_is_not_tried_again_and_told(admin_client, mailbox, sent, at):
    mailbox.says[at] = "550 5.1.1 No such user here"
    kept = later(sent())
    assert kept.state == "waiting"
    assert kept.why == "No email: the mail server says 550 5.1.1 No such user here"
    assert kept.why in admin_client.get(f"/forms/{kept.form_id}/").content.decode()
    mailbox.says.clear()
    later(kept, days=1)
    assert (mailbox.tries, mailbox.mails) == (1, [])
    assert Lead.objects.get().activities.count() == 1


def test_an_address_that_is_refused_for_now_keeps_nobody_waiting(mailbox, sent):
    mailbox.says["RCPT"] = "451 4.7.1 Come again"
    kept = [sent(f"{name}@kempen.example") for name in ("anna", "bea", "carl")]
    assert {later(one).mailed_at for one in kept} == {None}
    assert mailbox.tries == 3 + 3 * 3
    mailbox.says.clear()
    later(kept[0])
    later(kept[0], minutes=3)
    assert {mail["To"] for mail in mailbox.wait(3)} == {one.payload["lead.email"] for one in kept}


def test_while_the_server_is_away_one_try_is_enough(mailbox, sent):
    with mailbox.down():
        kept = [sent(f"{name}@kempen.example") for name in ("anna", "bea", "carl")]
        assert mailbox.knocks == 3
        later(kept[0])
        assert mailbox.knocks == 4
        assert not Submission.objects.exclude(mailed_at=None).exists()
    later(kept[0], hours=30)  # a day is not the end
    later(kept[0], hours=31)
    assert {mail["To"] for mail in mailbox.wait(3)} == {one.payload["lead.email"] for one in kept}


def test_a_server_that_was_away_often_has_not_used_up_the_emails_of_a_day(client, mailbox, sent):
    with mailbox.down():
        kept = sent()
        for minutes in range(2, 10):
            later(kept, minutes=minutes)
    kept = later(kept, minutes=10)
    (mail,) = mailbox.wait(1)
    assert (kept.why, kept.mailed_at) == ("", kept.received_at + timedelta(minutes=10))
    client.post(link(mail))
    assert Consent.objects.filter(basis="consent").count() == 1


def test_it_is_given_up_when_the_link_would_have_ended_and_told(mailbox, sent):
    with mailbox.down():
        kept = later(sent(), days=6, hours=23)
        assert (kept.why, kept.mailed_at) == ("", None)
        kept = later(kept, days=7)
    assert kept.why == "No email: it could not be sent for 7 days."
    later(kept, days=8)
    assert mailbox.mails == []


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_server_that_hangs_up_before_it_has_the_email_gets_it_later(mailbox, sent, where):
    mailbox.breaks = where
    kept = sent()
    assert kept.mailed_at is None
    mailbox.breaks = ""
    for minutes in (2, 3):
        later(kept, minutes=minutes)
    mailbox.wait(1)


def test_a_server_that_hangs_up_after_it_has_the_email_does_not_get_it_again(mailbox, sent):
    mailbox.breaks = "QUIT"
    kept = later(sent())
    assert kept.mailed_at
    mailbox.wait(1)


def test_an_email_of_which_nobody_knows_whether_it_came_comes_under_the_same_id(mailbox, sent):
    mailbox.breaks = "250"
    kept = sent()
    assert kept.mailed_at is None
    mailbox.breaks = ""
    for minutes in (2, 3):
        later(kept, minutes=minutes)
    first, second = mailbox.wait(2)
    assert first["Message-ID"] == second["Message-ID"] == f"<{kept.token[:32]}@testserver>"


def test_an_address_that_cannot_be_sent_to_is_told(mailbox, sent):
    kept = sent("jürgen@kempen.example")
    assert kept.why == "No email: its address has letters before the @ that we cannot send to."
    assert mailbox.tries == 0


def test_a_submission_that_somebody_releases_after_days_gets_its_email(mailbox, sent):
    with mailbox.down():
        kept = sent()
    Submission.objects.update(received_at=timezone.now() - timedelta(days=3))
    submitting.sweep(timezone.now())
    mailbox.wait(1)
    confirming.mail(kept.pk, now=timezone.now())
    mailbox.wait(1)


def test_one_that_breaks_keeps_nobody_waiting(mailbox, sent, monkeypatch):
    with mailbox.down():
        kept = [sent(f"{name}@kempen.example") for name in ("anna", "bea", "carl")]
    message = confirming._message

    def odd(one, address):
        if one == kept[0]:
            raise ValueError(address)
        return message(one, address)

    monkeypatch.setattr(confirming, "_message", odd)
    for minutes in range(2, 5):
        later(kept[0], minutes=minutes)
    mailbox.wait(2)
    assert later(kept[0], days=7).why == "No email: it could not be sent for 7 days."


@pytest.mark.django_db(transaction=True)
def test_who_sends_at_the_same_moment_sends_once(mailbox, sent):
    with mailbox.down():
        kept = sent()
    mailbox.slow = 0.5

    def sweep(_n):
        submitting.sweep(kept.received_at + timedelta(minutes=2))
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))
    mailbox.wait(1)
    assert mailbox.tries == 1
