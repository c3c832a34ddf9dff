"""A forgotten password: the link in the email that is delivered lets one set another."""

import re
from contextlib import nullcontext

import pytest

from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
RESET = "/account/password/reset/"
NEW = "seven calm otters"


def test_the_link_that_is_delivered_sets_another_password(client, mailbox):
    user = UserFactory(email="ada@leadops.test", password="forgotten words")
    assert client.post(RESET, {"email": user.email}).status_code == 302
    (mail,) = mailbox.wait(1)
    assert mail["Delivered-To"] == user.email
    link = re.search(r"http://testserver(\S+)", mail.get_content())[1]
    page = client.get(link, follow=True)
    said = {"password1": NEW, "password2": NEW}
    assert client.post(page.redirect_chain[-1][0], said).status_code == 302
    assert User.objects.get().check_password(NEW)
    assert client.get(link).context["token_fail"]


@pytest.mark.parametrize("email", ["ada@leadops.test", "nobody@leadops.test"])
@pytest.mark.parametrize("fault", ["down", "refused", "broken"])
def test_who_waits_for_an_email_is_told_that_there_is_none(client, mailbox, email, fault):
    UserFactory(email="ada@leadops.test")
    if fault == "refused":
        mailbox.says["RCPT"] = "550 5.1.1 No such user here"
    mailbox.breaks = "DATA" if fault == "broken" else ""
    with mailbox.down() if fault == "down" else nullcontext():
        answer = client.post(RESET, {"email": email})
    assert answer.status_code == 503
    assert "The email could not be sent" in answer.content.decode()
    mailbox.wait(0)
