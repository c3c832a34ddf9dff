"""The pages of forms for marketing: counts, link and snippet, and what a person decides."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts import roles
from intake.models import Submission
from leads.models import Lead
from tests.factories import UserFactory
from tests.intake.form_world import ANNA, a_form, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    return a_form(origins=["https://www.kempen.example"])


@pytest.fixture
def marketer(client, form):
    user = UserFactory()
    client.force_login(user)
    return user


def page_of(client, form, **asked):
    return client.get(reverse("forms:detail", args=[form.pk]), asked).content.decode()


def decide(client, form, row, what):
    url = reverse("forms:decide", args=[form.pk, row.pk, what])
    return client.post(url, follow=True).content.decode()


def test_forms_are_listed_with_what_came_in(client, marketer, form):
    send(client, form)
    send(client, form, homepage="x")
    page = client.get("/forms/").content.decode()
    row = re.search(r'data-row="\d+".*?</tr>', page, re.DOTALL)[0]
    assert "The demo" in row
    assert re.findall(r'text-num">(?:<span[^>]*>)?(\d+)', row) == ["2", "0", "1"]
    assert 'aria-current="page"' in page


def test_link_and_snippet_are_there_to_copy(client, marketer, form):
    form.heading = 'Say "hello" & <see>'
    form.save()
    page = page_of(client, form)
    assert 'value="http://testserver/f/demo/"' in page
    snippet = unescape(re.search(r"<textarea.*?>(.*?)</textarea>", page, re.DOTALL)[1])
    assert snippet.strip() == (
        '<script src="http://testserver/f/demo.js" async></script><noscript>'
        '<a href="http://testserver/f/demo/">Say &quot;hello&quot; &amp; &lt;see&gt;</a></noscript>'
    )


def test_what_is_no_spam_is_taken_in_and_told(client, marketer, form):
    send(client, form, ANNA | {"message": "<b>Hello</b>"}, homepage="x")
    row = Submission.objects.get()
    page = page_of(client, form, shows="look")
    assert "It filled in a field that nobody sees" in page
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "Taken in: Anna Peeters." in decide(client, form, row, "take-in")
    row.refresh_from_db()
    assert (row.state, row.lead, row.decided_by) == ("taken_in", Lead.objects.get(), marketer)
    assert "has been decided already" in decide(client, form, row, "take-in")
    assert "has been decided already" in decide(client, form, row, "drop")


def test_spam_is_dropped_and_stays_in_the_list(client, marketer, form):
    send(client, form, homepage="x")
    row = Submission.objects.get()
    page = decide(client, form, row, "drop")
    assert "It stays in the list." in page
    assert "Dropped" in page
    assert "Anna" not in page_of(client, form, shows="look")
    assert not Lead.objects.exists()


def test_a_decision_needs_its_own_form(client, marketer, form):
    send(client, form, homepage="x")
    row = Submission.objects.get()
    assert client.post(f"/forms/{form.pk + 1}/{row.pk}/drop/").status_code == 404
    assert client.post(f"/forms/{form.pk}/{row.pk}/eat/").status_code == 404
    assert client.get(f"/forms/{form.pk}/{row.pk}/drop/").status_code == 405


@pytest.mark.parametrize("role", list(roles.ROLES))
def test_marketing_and_managers_see_forms(client, form, role):
    send(client, form, homepage="x")
    row = Submission.objects.get()
    client.force_login(UserFactory(role=role))
    may = role in (roles.MARKETER, roles.MARKETING_MANAGER, roles.SALES_MANAGER)
    for url in ("/forms/", reverse("forms:detail", args=[form.pk])):
        assert client.get(url).status_code == (200 if may else 403)
    for what in ("drop", "take-in"):
        url = reverse("forms:decide", args=[form.pk, row.pk, what])
        assert client.post(url).status_code == (302 if may else 403)


def test_fifty_stand_on_a_page_and_the_older_ones_behind(client, marketer, form):
    made = [_row(form, n) for n in range(51)]
    page = page_of(client, form)
    assert "p50@" in page
    assert "p0@" not in page
    older = re.search(r"before=(\d+)", page)[1]
    asked = {"before": older}
    answer = client.get(
        reverse("forms:detail", args=[form.pk]), asked, headers={"HX-Request": "true"}
    )
    assert "p0@" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert len(made) == 51
    assert client.get(reverse("forms:detail", args=[form.pk]), {"before": "²"}).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_ask_few_questions(client, marketer, form, rows, django_assert_max_num_queries):
    for n in range(rows):
        _row(form, n)
        a_form(f"other-{n}", consent="")
    for url in ("/forms/", reverse("forms:detail", args=[form.pk])):
        with django_assert_max_num_queries(6):
            assert client.get(url).status_code == 200


def _row(form, n):
    return Submission.objects.create(
        form=form, token=str(n), payload={"lead.email": f"p{n}@x.example"}, state="suspected",
        received_at="2026-03-02T09:00Z", address="x", site="http://testserver", why="Links",
    )  # fmt: skip


def test_a_consent_is_told_by_its_name(client, marketer, form):
    send(client, form, {**ANNA, "consent.newsletter": "1"})
    assert "consent: newsletter v1" in page_of(client, form)
