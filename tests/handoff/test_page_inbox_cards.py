"""What a card tells, documents and pauses."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.models import BantAnswer, Handoff, Opportunity, RotationSeat
from handoff.pausing import pause
from handoff.taking import AcceptForm
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import ActivityFactory, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/inbox/"
HTMX = {"HX-Request": "true", "HX-Target": "offer"}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def tomas(client):
    rep = RepFactory(first_name="Tomáš", last_name="Novák", team=TeamFactory(name="DACH"))
    client.force_login(rep)
    return rep


@pytest.fixture
def lead(tomas, now):
    return story.handed_off(to=tomas, now=now - timedelta(hours=1), interest="Metering Hub")


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def answer(client, lead, name, **typed):
    url = reverse("handoff:answer", args=[lead.pk, name])
    return client.post(url, typed, headers=HTMX)


def test_a_card_tells_score_activities_bant_and_why_me(client, tomas, lead, now):
    ActivityFactory(lead=lead, kind="webinar", subject="Tariffs", happened_at=now)
    marta = UserFactory(first_name="Marta", last_name="Ek")
    asked = {"lead": lead, "question": "need", "by": marta}
    BantAnswer.objects.create(**asked, value="no", recorded_at=now - timedelta(days=1))
    BantAnswer.objects.create(**asked, value="yes", evidence="pays for peaks", recorded_at=now)
    RotationSeat.objects.create(team=tomas.team, user=tomas, weekly_cap=3)
    page = html(client.get(URL))
    assert "Right company, very active this week" in page
    assert "Attended a webinar “Tariffs”" in page
    assert "Need: yes, “pays for peaks” (Marta Ek)" in page
    assert "Need: no" not in page
    assert "picked by hand; 2 places free this week" in page
    assert f'href="tel:{lead.phone}"' in page


def test_a_full_person_is_told_so_and_a_missing_cap_says_nothing(client, tomas, lead):
    assert "this week." not in html(client.get(URL))
    RotationSeat.objects.create(team=tomas.team, user=tomas, weekly_cap=1)
    assert "full (1 of 1)" in html(client.get(URL))


def test_the_note_of_marketing_stands_on_the_card_and_in_the_deal(client, tomas):
    ivana = UserFactory(first_name="Ivana", last_name="Petrova")
    lead = story.an_mql()
    note = "Their contract is up in autumn"
    perform(lead, "hand_off", by=ivana, to_user=tomas, note=note)
    page = html(client.get(URL))
    assert "Ivana Petrova:</strong> Their contract is up in autumn" in page
    assert f">{note}</textarea>" in page


def test_accepting_documents_the_potential_deal(client, tomas, lead, now):
    call = timezone.localtime(now + timedelta(days=2))
    closes = (call + timedelta(days=60)).date()
    said = {
        "discovery_at": call.strftime("%Y-%m-%dT%H:%M"),
        "product": "Peak guard",
        "need": "Two halls",
        "estimate": "18400",
        "currency": "CZK",
        "expected_close_on": closes.isoformat(),
    }
    html(answer(client, lead, "accept", **said))
    deal = Opportunity.objects.get(lead=lead)
    assert (deal.status, deal.product, deal.need) == ("potential", "Peak guard", "Two halls")
    assert (deal.amount, deal.currency, deal.expected_close_on) == (18400, "CZK", closes)


def test_today_is_the_day_of_the_reader(client, tomas, lead):
    """At 20:00 in New York it is tomorrow in UTC already."""
    now = datetime(2026, 3, 12, 1, tzinfo=UTC)
    with timezone.override("America/New_York"):
        said = {"discovery_at": "2026-03-20T10:00", "expected_close_on": "2026-03-11"}
        form = AcceptForm(said, leads=[lead], user=tomas, now=now)
        assert form.is_valid(), form.errors
        said["expected_close_on"] = "2026-03-10"
        assert not AcceptForm(said, leads=[lead], user=tomas, now=now).is_valid()


@pytest.mark.parametrize(
    "wrong",
    [
        {"estimate": "-1"},
        {"currency": "XXX"},
        {"expected_close_on": "2020-01-01"},
        {"expected_close_on": "9999-12-31"},
        {"product": "x" * 121},
    ],
)
def test_a_wrong_deal_is_told_at_its_field_and_nothing_moves(client, tomas, lead, now, wrong):
    call = timezone.localtime(now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = html(answer(client, lead, "accept", discovery_at=call, need="Two halls", **wrong), 422)
    assert 'class="errorlist"' in page
    assert '<details class="offer-deal fs-sm" open>' in page
    assert "Two halls</textarea>" in page
    assert Lead.objects.get(pk=lead.pk).stage == "handed_off"


def test_a_pause_keeps_the_card_and_says_why(client, tomas, lead):
    page = html(answer(client, lead, "pause", reason="Asked to call after the fair", hours="4"))
    assert f'data-row="{lead.pk}"' in page
    assert "Paused, 23 h left" in page
    assert "Asked to call after the fair ·" in page
    assert "Paused: " in page  # the toast
    assert "pause/" not in page  # once
    assert Handoff.objects.get(lead=lead).due_at == lead.due_at + timedelta(hours=4)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"hours": "2"}, "This field is required."),
        ({"reason": " "}, "This field is required."),
        ({"reason": "Fair", "hours": "99"}, "Between 1 and 8 hours."),
        ({"reason": "Fair", "hours": "soon"}, "Enter a whole number."),
        ({"reason": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_wrong_pause_is_told_at_its_field(client, tomas, lead, typed, said):
    page = html(answer(client, lead, "pause", **typed), 422)
    assert said in page
    assert f'id="pause-{lead.pk}" data-panel>' in page
    assert Lead.objects.get(pk=lead.pk).due_at == lead.due_at


def test_a_second_pause_is_a_conflict_in_words(client, tomas, lead, now):
    pause(lead, by=tomas, reason="On holiday", now=now)
    page = html(answer(client, lead, "pause", reason="Again"), 409)
    assert "Tomáš Novák held this offer already" in page
    assert f'data-row="{lead.pk}"' in page


def test_another_rep_cannot_pause(client, lead):
    client.force_login(RepFactory())
    assert answer(client, lead, "pause", reason="x").status_code == 404
    client.force_login(UserFactory())
    assert answer(client, lead, "pause", reason="x").status_code == 403


def test_without_scripts_pausing_is_a_page_with_the_form_open(client, tomas, lead):
    page = html(client.get(f"{URL}?pausing={lead.pk}"))
    assert f'id="pause-{lead.pk}" data-panel>' in page
    url = reverse("handoff:answer", args=[lead.pk, "pause"])
    assert client.post(url, {"reason": "On holiday"}).url == URL
    assert "On holiday ·" in html(client.get(URL))


def test_the_week_counts_what_was_taken_in_time_and_given_back(client, tomas, now):
    RotationSeat.objects.create(team=tomas.team, user=tomas, weekly_cap=8)
    call = now + timedelta(days=1)
    start = now - timedelta(minutes=1)
    perform(story.handed_off(to=tomas, now=start), "accept", by=tomas, discovery_at=call)
    perform(story.handed_off(to=tomas, now=start), "reject", by=tomas, reason="spam")
    late = story.handed_off(to=tomas, now=start)
    Handoff.objects.filter(lead=late).update(due_at=start, kind="hand_raise", touched_at=now)
    perform(late, "accept", by=tomas, discovery_at=call)
    story.handed_off(to=RepFactory(team=tomas.team))
    lapsed = story.handed_off(to=tomas, now=start)
    perform(lapsed, "reassign", by=None, to_user=RepFactory(), ends=Handoff.State.LAPSED)
    lines = [(one.label, one.value, one.state) for one in client.get(URL).context["aside"].week]
    assert lines == [
        ("Handoffs taken", "2 of 8", ""),
        ("Decided in time", "2 of 4", "missed"),
        ("Hand-raises touched in time", "0 of 1", "missed"),
        ("Rejected, always with a reason", "1", ""),
    ]


def test_an_expired_session_leads_to_the_sign_in(client, tomas, lead):
    client.logout()
    gone = answer(client, lead, "pause", reason="x")
    assert gone["HX-Redirect"].startswith("/account/login/")
    assert not Handoff.objects.exclude(due_at=lead.due_at).exists()


def test_no_two_cards_share_an_id(client, tomas, now):
    for _ in range(2):
        story.handed_off(to=tomas, now=now)
    ids = re.findall(r'\sid="([^"]+)"', html(client.get(URL)))
    assert len(ids) == len(set(ids))
