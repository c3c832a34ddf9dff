"""A forgotten and a changed password: the pages lead back to where one came from."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "staple of another colour"


def test_a_forgotten_password_is_asked_for_by_mail(client, mailoutbox):
    user = UserFactory(password=OLD)
    url = reverse("account_reset_password")
    assert reverse("account_login") in client.get(url).content.decode()
    page = client.post(url, {"email": user.email}, follow=True).content.decode()
    assert "Look into your mail" in page
    assert [mail.to for mail in mailoutbox] == [[user.email]]


def test_a_password_is_changed_or_left(client):
    user = UserFactory(password=OLD)
    client.force_login(user)
    url = reverse("account_change_password")
    assert '<a class="btn" href="/">Cancel</a>' in client.get(url).content.decode()
    wrong = {"oldpassword": "donkey", "password1": NEW, "password2": NEW}
    assert "errorlist" in client.post(url, wrong).content.decode()
    client.post(url, wrong | {"oldpassword": OLD})
    user.refresh_from_db()
    assert user.check_password(NEW)
