"""Coming in."""

import pytest

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_signs_in_with_email_and_password(page):
    person = UserFactory()
    person.set_password("correct horse")
    person.save()
    page.goto("/")
    assert "/account/login/" in page.url
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=True).fill("wrong donkey")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("not correct").wait_for()
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)
