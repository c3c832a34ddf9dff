"""The sales inbox: whose offers it shows, and what accepting and rejecting does to a card."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import agreements
from handoff.models import Handoff, Opportunity
from handoff.waking import wake_due
from leads.models import Lead
from leads.perform import perform
from scoring.scores import rescore
from tests import story
from tests.factories import ActivityFactory, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/inbox/"
HTMX = {"HX-Request": "true", "HX-Target": "offer"}


@pytest.fixture
def tomas(client):
    rep = RepFactory(first_name="Tomáš", last_name="Novák", team=TeamFactory(name="DACH"))
    client.force_login(rep)
    return rep


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def answer(client, lead, name, **typed):
    url = reverse("handoff:answer", args=[lead.pk, name])
    return client.post(url, typed, headers=HTMX)


def local(days):
    moment = timezone.localtime(timezone.now() + timedelta(days=days))
    return moment.strftime("%Y-%m-%dT%H:%M")


def to_team(team, **fields):
    lead = story.an_mql(**fields)
    return perform(lead, "hand_off", by=UserFactory(), to_team=team, offer_to_team=True)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.REP, 200),
        (roles.SALES_MANAGER, 200),
        (roles.MARKETING_MANAGER, 200),
        (roles.MARKETER, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_the_inbox_belongs_to_sales(client, role, status):
    lead = story.handed_off()
    client.force_login(UserFactory(role=role))
    assert client.get(URL).status_code == status
    if status == 403:
        assert answer(client, lead, "reject").status_code == 403


def test_the_inbox_shows_what_is_offered_to_me_and_to_my_team(client, tomas):
    lead = story.handed_off(to=tomas, last_name="Horák", interest="Metering Hub")
    ActivityFactory(lead=lead, kind="demo_request", subject="", happened_at=timezone.now())
    to_team(tomas.team, last_name="Anybody")
    story.handed_off(to=RepFactory(team=tomas.team), last_name="Colleague")
    story.handed_off(last_name="Elsewhere")
    page = html(client.get(URL))
    assert "Horák" in page
    assert f"Anke Horák of {lead.company} asked for a demo just now and is" in page
    assert "Anybody" in page
    assert "Colleague" not in page
    assert "Elsewhere" not in page
    team = html(client.get(f"{URL}?team"))
    assert "Colleague" in team
    assert "Elsewhere" not in team


def test_a_manager_sees_the_offers_of_all_teams(client, tomas):
    story.handed_off(to=tomas, last_name="Horák")
    story.handed_off(last_name="Elsewhere")
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    page = html(client.get(URL))
    assert "Horák" in page
    assert "Elsewhere" in page


def test_the_inbox_asks_eight_times_for_one_card_and_for_thirty(
    client, tomas, django_assert_max_num_queries
):
    def offer():
        lead = story.handed_off(to=tomas)
        ActivityFactory(lead=lead, kind="webinar")
        rescore([lead.pk], agreements.in_force().scoring_model, now=timezone.now())

    offer()
    client.get(URL)
    with django_assert_max_num_queries(7) as one:
        client.get(URL)
    for _ in range(29):
        offer()
    client.get(URL)  # marks what is new as seen
    with django_assert_max_num_queries(7) as thirty:
        client.get(URL)
    assert len(thirty) == len(one)


def test_an_offer_is_seen_once_and_only_by_its_receiver(client, tomas):
    lead = story.handed_off(to=tomas)
    team_lead = to_team(tomas.team)
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    client.get(URL)
    assert not Handoff.objects.exclude(seen_at=None).exists()
    client.force_login(tomas)
    client.get(URL)
    first = Handoff.objects.get(lead=lead).seen_at
    assert first
    assert Handoff.objects.get(lead=team_lead).seen_at
    client.get(URL)
    assert Handoff.objects.get(lead=lead).seen_at == first


def test_accepting_sets_the_call_and_the_card_leaves(client, tomas):
    lead = story.handed_off(to=tomas, interest="Metering Hub")
    page = html(answer(client, lead, "accept", discovery_at=local(2)))
    assert "<article" not in page
    assert "Accepted: " in page
    assert f"ids={lead.pk}" in page
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.owner) == ("sal", tomas)
    assert Opportunity.objects.get(lead=lead).product == "Metering Hub"


@pytest.mark.parametrize("moment", ["", "soon", local(-1)])
def test_accepting_needs_a_call_in_the_future(client, tomas, moment):
    lead = story.handed_off(to=tomas)
    page = html(answer(client, lead, "accept", discovery_at=moment), 422)
    assert 'role="alert"' in page
    assert f'data-row="{lead.pk}"' in page
    assert f'value="{moment}"' in page or not moment
    assert Lead.objects.get(pk=lead.pk).stage == "handed_off"


def test_rejecting_tells_where_the_lead_goes_and_when_it_returns(client, tomas):
    lead = story.handed_off(to=tomas, last_name="Horák")
    page = html(answer(client, lead, "reject", reason="no_budget", detail="none"))
    back = timezone.localtime(Lead.objects.get(pk=lead.pk).due_at)
    assert f"Rejected: Anke Horák, to nurture, back on {back:%-d %b %Y}." in page


def test_there_is_no_reject_without_a_reason(client, tomas):
    lead = story.handed_off(to=tomas)
    assert "A reason is missing." in html(answer(client, lead, "reject"), 422)
    assert "is not offered here" in html(answer(client, lead, "reject", reason="price"), 422)
    assert Lead.objects.get(pk=lead.pk).stage == "handed_off"


def test_a_dated_reason_wants_its_date_and_keeps_the_note(client, tomas):
    lead = story.handed_off(to=tomas)
    typed = {"reason": "bad_timing", "detail": "frozen", "note": "Call me in March"}
    page = html(answer(client, lead, "reject", **typed), 422)
    assert "until when?" in page
    assert 'value="Call me in March"' in page
    url = reverse("handoff:answer", args=[lead.pk, "reject"])
    assert 'value="Call me in March"' in html(client.post(url, typed), 422)


def test_two_reps_press_accept_and_the_second_is_told_who_was_first(client, tomas):
    lead = to_team(tomas.team)
    client.get(URL)
    colleague = RepFactory(first_name="Lena", last_name="Fuchs", team=tomas.team)
    perform(lead, "accept", by=colleague, discovery_at=timezone.now() + timedelta(days=1))
    page = html(answer(client, lead, "accept", discovery_at=local(1)), 409)
    assert "Lena Fuchs accepted this lead" in page
    assert "<article" not in page


def test_a_team_offer_that_a_colleague_rejected_names_the_colleague(client, tomas):
    lead = to_team(tomas.team)
    colleague = RepFactory(first_name="Lena", last_name="Fuchs", team=tomas.team)
    perform(lead, "reject", by=colleague, reason="spam")
    page = html(answer(client, lead, "accept", discovery_at=local(1)), 409)
    assert "Lena Fuchs rejected this lead" in page


def test_another_team_cannot_answer(client, tomas):
    lead = story.handed_off()
    assert answer(client, lead, "accept", discovery_at=local(1)).status_code == 404
    colleague = story.handed_off(to=RepFactory(team=tomas.team))
    assert answer(client, colleague, "accept", discovery_at=local(1)).status_code == 403
    assert "Accept" not in html(client.get(f"{URL}?team"))


def test_what_was_heard_in_an_earlier_cycle_stands_on_top(client, tomas):
    now = timezone.now()
    lead = story.handed_off(to=tomas, now=now - timedelta(days=60))
    perform(
        lead,
        "reject",
        by=tomas,
        now=now - timedelta(days=59),
        reason="bad_timing",
        until=now - timedelta(hours=1),
        note="Board meets in spring",
    )
    wake_due(now=now)
    page = html(client.get(URL))
    assert "Board meets in spring" in page
    assert "Cycle 2" in page


def test_new_offers_come_by_themselves(client, tomas):
    old = story.handed_off(to=tomas)
    newest = Handoff.objects.get(lead=old).pk
    headers = {"HX-Request": "true", "HX-Target": "newer"}
    assert client.get(f"{URL}?newer={newest}", headers=headers).status_code == 204
    fresh = story.handed_off(to=tomas)
    page = html(client.get(f"{URL}?newer={newest}", headers=headers))
    assert "1 new offer" in page
    assert f'data-row="{fresh.pk}"' in page
    assert f'data-row="{old.pk}"' not in page


def test_today_lists_my_calls_and_next_steps(client, tomas):
    lead = story.handed_off(to=tomas, last_name="Today")
    soon = timezone.now() + timedelta(seconds=5)
    perform(lead, "accept", by=tomas, discovery_at=soon)
    assert "Discovery: Anke Today" in html(client.get(URL))


def test_an_empty_inbox_says_so_and_a_wrong_place_breaks_nothing(client, tomas):
    assert "Nothing waits for you" in html(client.get(f"{URL}?after=x&newer=y"))


@pytest.mark.parametrize("said", [{}, {"discovery_at": "tomorrow"}])
def test_a_form_sent_for_a_card_that_is_gone_says_so(client, said):
    lead = story.an_mql()
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    assert "no longer offered to you" in html(answer(client, lead, "accept", **said), 409)


def test_without_a_team_nobody_knows_the_offers_of_others_without_one(client):
    lead = story.handed_off(to=RepFactory(team=None))
    client.force_login(RepFactory(team=None))
    assert answer(client, lead, "accept", discovery_at=local(1)).status_code == 404


def test_what_waits_is_counted_anew_beside_the_pages(client, tomas):
    """The number in the nav was that of the last full load."""
    lead = story.handed_off(to=tomas)
    assert 'id="count-inbox">1</span>' in html(client.get(URL))
    page = html(answer(client, lead, "accept", discovery_at="2027-05-18T10:00"))
    assert 'id="count-inbox" hx-swap-oob="true"></span>' in page


def test_an_open_page_that_asks_for_nothing_new_costs_four_small_queries(
    client, tomas, django_assert_max_num_queries
):
    story.handed_off(to=tomas)
    newest = Handoff.objects.get().pk
    with django_assert_max_num_queries(4):
        client.get(f"{URL}?newer={newest}", headers={"HX-Request": "true", "HX-Target": "newer"})
