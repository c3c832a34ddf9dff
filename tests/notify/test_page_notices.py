"""The bell and its page: mine alone, read one by one or all at once."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts import roles
from notify.models import Notice
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/notices/"
HTMX = {"HX-Request": "true", "HX-Target": "notices"}


@pytest.fixture
def tomas(client):
    rep = RepFactory()
    client.force_login(rep)
    return rep


def notice(user, text="Anke Brandt was handed off to you.", **fields):
    fields = {"kind": "offered", "url": "/inbox/", "created_at": timezone.now()} | fields
    return Notice.objects.create(user=user, text=text, **fields)


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def bell(page):
    return re.search(r'id="count-notices"[^>]*>([^<]*)<', page)[1]


@pytest.mark.parametrize("role", list(roles.ROLES))
def test_everybody_has_notices_and_sees_only_their_own(client, role):
    user = UserFactory(role=role)
    client.force_login(user)
    assert "No notices yet" in html(client.get(URL))
    notice(UserFactory(), "Somebody else's")
    notice(user, "Mine")
    page = html(client.get(URL))
    assert "Mine" in page
    assert "Somebody else" not in page
    assert bell(page) == "1"


def test_the_notice_of_somebody_else_does_not_exist(client, tomas):
    other = notice(UserFactory())
    assert client.get(f"{URL}{other.pk}/").status_code == 404
    assert client.post(f"{URL}{other.pk}/").status_code == 404
    client.post(f"{URL}read/")
    assert Notice.objects.get().read_at is None


def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(client, tomas):
    one = notice(tomas, url="/leads/7/")
    answer = client.get(f"{URL}{one.pk}/")
    assert (answer.status_code, answer.url) == (302, "/leads/7/")
    first = Notice.objects.get().read_at
    client.get(f"{URL}{one.pk}/")
    assert Notice.objects.get().read_at == first
    assert bell(html(client.get(URL))) == ""


def test_one_is_marked_as_read_and_stays(client, tomas):
    one, _other = notice(tomas, "First"), notice(tomas, "Second")
    page = html(client.post(f"{URL}{one.pk}/", headers=HTMX))
    assert "First" in page
    assert "Mark read" not in page
    assert "<html" not in page
    assert client.post(f"{URL}{one.pk}/").url == URL
    assert Notice.objects.filter(read_at=None).get().text == "Second"


def test_all_are_marked_as_read_and_the_bell_is_empty(client, tomas):
    for n in range(3):
        notice(tomas, f"Notice {n}")
    page = html(client.post(f"{URL}read/", headers=HTMX))
    assert "3 notices read" in page
    assert 'id="count-notices" hx-swap-oob="true"></span>' in page
    assert not Notice.objects.filter(read_at=None).exists()
    assert client.post(f"{URL}read/").url == URL
    assert client.get(f"{URL}read/").status_code == 405


def test_the_whole_page_and_its_part(client, tomas):
    notice(tomas)
    assert "<html" in html(client.get(URL))
    part = html(client.get(URL, headers=HTMX))
    assert "<html" not in part
    assert 'id="notices"' in part


def test_what_a_note_holds_is_only_text(client, tomas):
    notice(tomas, '<script>alert(1)</script>" onfocus=x')
    page = html(client.get(URL))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot; onfocus=x" in page


def test_pages_of_thirty(client, tomas):
    now = timezone.now()
    for n in range(31):
        notice(tomas, f"Notice {n};", created_at=now - timedelta(minutes=n))
    first = html(client.get(URL))
    assert "Notice 29;" in first
    assert "Notice 30;" not in first
    after = re.search(r'href="(\?after=[^"]+)"', first)[1]
    assert "Notice 30;" in html(client.get(URL + unescape(after)))
    assert client.get(f"{URL}?after=x~y").status_code == 400


def test_one_notice_and_thirty_cost_the_same_queries(client, tomas, django_assert_max_num_queries):
    notice(tomas)
    client.get(URL)
    with django_assert_max_num_queries(6) as one:
        client.get(URL)
    for _ in range(29):
        notice(tomas)
    with django_assert_max_num_queries(6) as thirty:
        client.get(URL)
    assert len(one) == len(thirty)
