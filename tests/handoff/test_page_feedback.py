"""What sales told us: whose decisions it shows, what is due first, answering and settling there."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts import roles
from handoff.answering import answer
from handoff.models import Discovery, Response
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory
from tests.handoff.feedback_world import URL, html, rejected, say, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivana(client):
    user = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(user)
    return user


@pytest.fixture
def tomas():
    return RepFactory(first_name="Tomáš", last_name="Novák")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.MARKETER, 200),
        (roles.MARKETING_MANAGER, 200),
        (roles.SALES_MANAGER, 200),
        (roles.REP, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_the_page_belongs_to_marketing(client, role, status):
    """A rep reads answers in the timeline of the lead, and is told of them."""
    row = rejected(UserFactory())
    client.force_login(UserFactory(role=role))
    assert client.get(URL).status_code == status
    assert client.get(f"{URL}{row.event_id}/").status_code == status
    assert say(client, row, kind="answer").status_code == status
    assert Response.objects.exists() == (status == 200)
    assert ("What sales told us" in html(client.get("/"))) == (status == 200)


def test_a_marketer_sees_the_decisions_about_leads_that_they_sent(client, ivana, tomas):
    row = rejected(
        ivana,
        tomas,
        fields={"first_name": "Anke", "last_name": "Brandt"},
        reason="low_intent",
        detail="content_only",
        note="Only wanted the brochure.",
    )
    other = rejected(UserFactory())
    page = html(client.get(URL))
    assert shown(page) == [str(row.pk)]
    for words in (
        "Rejected", "Tomáš Novák", "Anke Brandt", "Low intent: content only",
        "“Only wanted the brochure.”", "The score learns: the engagement rules that fired.",
    ):  # fmt: skip
        assert words in page, words
    everybodys = html(client.get(f"{URL}?whose=all"))
    assert set(shown(everybodys)) == {str(row.pk), str(other.pk)}


def test_what_is_due_first_stands_first_and_overdue_above_all(client, ivana, tomas):
    now = timezone.now()
    story.agreement_in_force(now=now - timedelta(days=5), answer_hours=16)
    ages = {20: "overdue", 1: "late", 10: "soon"}
    rows = {
        name: rejected(ivana, tomas, now=now - timedelta(hours=age)) for age, name in ages.items()
    }
    page = html(client.get(URL))
    assert shown(page) == [str(rows[name].pk) for name in ("overdue", "soon", "late")]
    assert "4 h over" in page
    assert "6 h left of 16 h" in page
    newest = html(client.get(f"{URL}?tab=told"))
    assert shown(newest) == [str(rows[name].pk) for name in ("late", "soon", "overdue")]


def test_all_decisions_hold_good_news_and_the_call_behind_them(client, ivana, tomas):
    lead = story.handed_off(by=ivana, to=tomas)
    tomorrow = timezone.now() + timedelta(days=1)
    perform(lead, "accept", by=tomas, discovery_at=tomorrow)
    at = timezone.now()
    Discovery.objects.create(
        lead=lead, by=tomas, held_at=at, outcome="nurture", notes="Call Dirk in May.",
        right_contact=False, content_helped="Tariff guide", content_missing="Prices for two halls",
    )  # fmt: skip
    perform(lead, "recycle", by=tomas, now=at, reason="no_authority")
    page = html(client.get(f"{URL}?tab=told"))
    assert "Accepted" in page
    for words in (
        "Discovery: Needs nurturing.", "Call Dirk in May.", "Not the right contact.",
        "Helped: Tariff guide.", "Missing: Prices for two halls.", "The score learns: fit: role.",
    ):  # fmt: skip
        assert words in page, words
    assert len(shown(html(client.get(URL)))) == 1


def test_an_answer_stays_on_the_card_and_the_count_goes_down(client, ivana, tomas):
    row = rejected(ivana, tomas)
    assert 'id="count-message-report">1</span>' in html(client.get(URL))
    page = html(say(client, row, kind="answer", note="Thank you, noted."))
    assert "<html" not in page
    assert "Answered" in page
    assert "“Thank you, noted.”" in page
    assert "Answer or dispute" not in page
    assert 'id="count-message-report" hx-swap-oob="true"></span>' in page
    assert shown(html(client.get(URL))) == []
    assert shown(html(client.get(f"{URL}?tab=told"))) == [str(row.pk)]


def test_without_scripts_the_answer_is_a_page(client, ivana, tomas):
    row = rejected(ivana, tomas)
    page = html(client.get(f"{URL}{row.event_id}/"))
    assert "<html" in page
    assert "hidden novalidate" not in page
    refused = html(say(client, row, headers={}, kind="dispute", note=""), 422)
    assert "<html" in refused
    assert "Say what is wrong with the decision." in refused
    done = say(client, row, headers={}, kind="dispute", note="They asked for a quote.")
    assert (done.status_code, done.url) == (302, f"{URL}{row.event_id}/")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "dispute", "note": " "}, "Say what is wrong with the decision."),
        ({"kind": "x", "note": "Kept"}, "Select a valid choice"),
        ({"note": "Kept"}, "This field is required"),
        ({"kind": "answer", "note": "x" * 2001}, "at most 2000 characters"),
        ({"kind": "answer", "note": "\x00"}, "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_what_was_typed_stays(client, ivana, typed, words):
    row = rejected(ivana)
    page = html(say(client, row, **typed), 422)
    assert words in page
    assert "Kept" in page or typed.get("note") != "Kept"
    assert 'aria-invalid="true"' in page
    assert "hidden novalidate" not in page
    assert not Response.objects.exists()


def test_the_second_answer_is_told_who_was_faster(client, ivana):
    row = rejected(ivana)
    jonas = UserFactory(first_name="Jonas", last_name="Weber")
    answer(row.event_id, "answer", note="Mine.", by=jonas, now=timezone.now())
    page = html(say(client, row, kind="answer"), 409)
    assert "Jonas Weber answered this" in page
    assert "“Mine.”" in page


def test_what_was_undone_is_no_page_any_more(client, ivana, tomas):
    row = rejected(ivana, tomas)
    perform(row.event.lead, "undo", by=tomas)
    assert client.get(f"{URL}{row.event_id}/").status_code == 404
    assert say(client, row, kind="answer").status_code == 404
    assert shown(html(client.get(f"{URL}?tab=told&whose=all"))) == []


@pytest.mark.parametrize("tab", ["waiting", "told", "disputes", "content", "x"])
def test_the_whole_page_and_its_part(client, ivana, tab):
    row = rejected(ivana)
    say(client, row, kind="dispute", note="They asked for a quote.")
    whole = html(client.get(f"{URL}?tab={tab}"))
    assert "<html" in whole
    part = html(client.get(f"{URL}?tab={tab}", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert 'id="feedback"' in part


def test_an_empty_page_says_what_comes_here(client, ivana):
    assert "comes here by itself" in html(client.get(URL))


def test_pages_of_twenty(client, ivana, tomas):
    now = timezone.now()
    story.agreement_in_force(now=now - timedelta(days=1))
    rows = [rejected(ivana, tomas, now=now - timedelta(minutes=n)) for n in range(21)]
    first = html(client.get(f"{URL}?tab=told"))
    assert shown(first) == [str(row.pk) for row in rows[:20]]
    after = unescape(re.search(r'href="(\?[^"]*after=[^"]+)"', first)[1])
    second = html(client.get(URL + after))
    assert shown(second) == [str(rows[20].pk)]
    before = unescape(re.search(r'href="(\?[^"]*before=[^"]+)"', second)[1])
    assert shown(html(client.get(URL + before))) == shown(first)
    assert client.get(f"{URL}?after=x~y").status_code == 400


@pytest.mark.parametrize("tab", ["waiting", "told", "disputes", "content"])
def test_one_decision_and_thirty_cost_the_same_queries(
    client, ivana, tomas, tab, django_assert_max_num_queries
):
    def decide():
        at = timezone.now()
        row = rejected(ivana, tomas, now=at)
        Discovery.objects.create(
            lead=row.event.lead, by=tomas, held_at=at, outcome="suspect", content_helped="Guide"
        )
        if tab != "waiting":
            answer(row.event_id, "dispute", note="Why?", by=UserFactory(), now=at)

    decide()
    url = f"{URL}?tab={tab}"
    client.get(url)
    with django_assert_max_num_queries(8) as one:
        client.get(url)
    for _ in range(29):
        decide()
    with django_assert_max_num_queries(8) as thirty:
        client.get(url)
    assert len(one) == len(thirty)
