"""The six views of the review and what their rows say; snoozed leads; who is no MQL."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CUSTOMER_SUCCESS, MARKETING_MANAGER, REP
from handoff import review, reviewing, snoozing
from handoff.models import ReviewEntry, RotationSeat, RoutingRule
from leads.models import Lead, LeadEvent
from leads.perform import perform
from leads.refusals import Conflict, Forbidden
from tests import story
from tests.factories import (
    CompanyFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)
from tests.handoff.test_page_review import HTMX, URL, html, scored
from tests.handoff.test_reviewing import fell, missing, near, place, ready, recycled, vetoed

pytestmark = pytest.mark.django_db
NOW = timezone.now()
VIEWS = {
    "ready": (ready, ""),
    "near": (near, ""),
    "fell": (fell, "fell from 80 to 0 since queued"),
    "recycled": (recycled, "Recycled"),
    "vetoed": (vetoed, "veto: asked not to be contacted"),
    "missing": (missing, "missing: Phone"),
}


@pytest.fixture
def ivana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def rows(client, tab):
    page = html(client.get(f"{URL}?tab={tab}"))
    return [int(part.split('"')[0]) for part in page.split('data-row="')[1:]]


def preview(client, lead):
    return html(client.get(reverse("handoff:preview", args=[lead.pk]), headers=HTMX))


def snooze(client, lead, until="days"):
    url = reverse("handoff:snooze", args=[lead.pk])
    return client.post(url, {"until": until, "tab": "ready"}, headers=HTMX)


def test_each_view_lists_its_leads_and_says_why(client, ivana):
    leads = {tab: make() for tab, (make, _words) in VIEWS.items()}
    for tab, lead in leads.items():
        page = html(client.get(f"{URL}?tab={tab}"))
        assert rows(client, tab) == [lead.pk]
        assert VIEWS[tab][1] in page
    assert page.count('<span class="badge bg-secondary-lt ms-2">1</span>') == 5
    assert "Snoozed" not in page


def test_counts_are_exact_to_a_thousand():
    tab = review.Tab("ready", "Ready", 1_001, active=True)
    assert tab.count_words == "1,000+"
    assert review.Tab("ready", "Ready", 1_000, active=True).count_words == "1,000"


@pytest.mark.parametrize("tab", [*VIEWS, "snoozed"])
def test_every_tab_is_a_page_and_a_part_also_when_empty(client, ivana, tab):
    story.agreement_in_force()
    assert "<html" in html(client.get(f"{URL}?tab={tab}"))
    part = html(client.get(f"{URL}?tab={tab}", headers={"HX-Request": "true"}))
    assert part.lstrip().startswith('<div class="d-contents" id="queue"')
    assert "Nothing to decide" in part


@pytest.mark.parametrize("tab", ["fell", "vetoed", "missing"])
def test_a_view_asks_eight_times_for_one_lead_and_for_thirty(
    client, ivana, django_assert_max_num_queries, tab
):
    def fill(n):
        for lead in scored(n):
            Lead.objects.filter(pk=lead.pk).update(phone="")
            ReviewEntry.objects.filter(lead=lead).update(view=tab, seen_by=ivana)

    fill(1)
    client.get(f"{URL}?tab={tab}")
    with django_assert_max_num_queries(8) as one:
        client.get(f"{URL}?tab={tab}")
    fill(29)
    with django_assert_max_num_queries(8) as thirty:
        client.get(f"{URL}?tab={tab}")
    assert len(thirty) == len(one)


def test_who_is_near_is_told_how_and_only_a_manager_lets_it_in(client, ivana):
    lead = near()
    page = preview(client, lead)
    assert "Not an MQL" in page
    assert 'data-key="KeyA"' not in page
    assert 'data-key="KeyH"' not in page
    assert 'id="disqualify-panel"' in page
    manager = UserFactory(role=MARKETING_MANAGER)
    client.force_login(manager)
    assert reverse("leads:act", args=[lead.pk, "qualify"]) in preview(client, lead)
    perform(lead, "qualify", by=manager, reason="met the board")
    assert rows(client, "ready") == [lead.pk]


def test_disqualifying_who_is_near_opens_the_next(client, ivana):
    first, second = near(), near()
    url = reverse("handoff:decide", args=[second.pk, "disqualify"])
    answer = client.post(url, {"reason": "suspect", "tab": "near"}, headers=HTMX)
    assert answer["HX-Replace-Url"] == f"/review/{first.pk}/?tab=near"
    assert rows(client, "near") == [first.pk]


def test_a_snoozed_lead_leaves_its_view_and_comes_back(client, ivana):
    lead, other = ready(), ready()
    page = html(snooze(client, lead))
    assert "Snoozed: " in page
    assert "1 left." in page
    assert rows(client, "ready") == [other.pk]
    assert rows(client, "snoozed") == [lead.pk]
    entry, lead = ReviewEntry.objects.get(lead=lead), Lead.objects.get(pk=lead.pk)
    assert lead.due_at == entry.snoozed_until > NOW + timedelta(days=2)
    assert (entry.snoozed_by, lead.stage) == (ivana, "mql")
    event = LeadEvent.objects.get(name="snoozed")
    assert (event.actor, event.source, event.target) == (ivana, "", "")
    found = review.queue(ivana, "ready", now=entry.snoozed_until)
    assert {row.pk for row in found.rows} == {lead.pk, other.pk}
    assert reviewing.misplaced(NOW) == []


@pytest.mark.parametrize(
    ("preset", "day"), [("tomorrow", "2026-11-27"), ("days", "2026-11-29"), ("week", "2026-11-30")]
)
def test_presets_mean_a_morning_of_the_reader(preset, day):
    thursday = datetime(2026, 11, 26, 23, 30, tzinfo=ZoneInfo("Europe/Prague"))
    with timezone.override("Europe/Prague"):
        until = timezone.localtime(snoozing.until(preset, thursday))
    assert (until.date().isoformat(), until.hour, until.minute) == (day, 9, 0)


def test_who_is_no_mql_is_not_snoozed(client, ivana):
    lead = ready()
    perform(lead, "hand_off", by=UserFactory(first_name="Marta"), to_user=RepFactory())
    page = html(snooze(client, lead), 409)
    assert "handed this lead off" in page
    with pytest.raises(Conflict):
        snoozing.snooze(near(), NOW, by=ivana, now=NOW)
    with pytest.raises(Forbidden):
        snoozing.snooze(ready(), NOW, by=RepFactory(), now=NOW)
    assert snooze(client, ready(), "for ever").status_code == 404


@pytest.mark.parametrize("name", ["snooze", "looking", "mend"])
def test_what_stands_beside_belongs_to_marketing(client, name):
    url = reverse(f"handoff:{name}", args=[ready().pk])
    for role in (REP, CUSTOMER_SUCCESS):
        client.force_login(UserFactory(role=role))
        assert client.post(url).status_code == 403
    client.force_login(UserFactory())
    assert client.get(url).status_code == 405
    assert client.post(reverse(f"handoff:{name}", args=[9_999_999])).status_code == 404


def test_who_may_be_the_same_is_shown(client, ivana):
    halden = CompanyFactory()
    lead = story.an_mql(
        company=halden, last_name="Brandt", email="anke@halden.example", phone="1 2"
    )
    LeadFactory(last_name="Phone", phone="1 2")
    LeadFactory(last_name="BRANDT", first_name="Company", company=halden, phone="")
    LeadFactory(last_name="Brandt", first_name="Alma", email="ab@Halden.example", phone="")
    LeadFactory(last_name="Brandt", first_name="Otto", email="ob@halden.example", phone="")
    LeadFactory(last_name="Brandt", first_name="Elsewhere", phone="1 2 3")
    page = preview(client, lead)
    assert "Anke Phone</a>, same phone" in page
    assert "Company BRANDT</a>, same name and company" in page
    assert "Alma Brandt</a>, same name and domain" in page
    assert "Otto" not in page
    assert "Elsewhere" not in page
    assert "Possible duplicates" not in preview(client, story.an_mql(phone="", last_name="X"))


def test_the_places_of_the_team_this_week_are_shown(client, ivana):
    team = TeamFactory(name="DACH")
    reps = [RepFactory(team=team), RepFactory(team=team)]
    for rep, cap in zip(reps, (8, 10), strict=True):
        RotationSeat.objects.create(team=team, user=rep, weekly_cap=cap)
    story.handed_off(to=reps[0])
    last_week = story.handed_off(to=reps[0])
    last_week.handoffs.update(created_at=NOW - timedelta(days=8))
    lead = ready()
    assert "Goes to <strong>DACH</strong>, in turn: 1 of 18 this week." in preview(client, lead)
    RotationSeat.objects.filter(user=reps[1]).update(weekly_cap=None)
    assert "in turn: 1 this week." in preview(client, lead)


@pytest.mark.parametrize("whose", ["of the account", "a team", "a person"])
def test_the_bar_tells_who_gets_it_by_routing_and_how_soon(client, ivana, whose):
    """Not the team of the country."""
    story.agreement_in_force(decide_hours=4)
    RepFactory()
    rep = RepFactory(first_name="Lena", last_name="Fuchs", team=TeamFactory(name="EMEA"))
    if whose == "of the account":
        lead = story.an_mql(company=CompanyFactory(owner=rep))
        words = "Goes to <strong>Lena Fuchs</strong>. Why: account owner."
    else:
        north = {"field": "lead.country", "op": "is", "value": "NO"}
        to = {"to_team": rep.team} if whose == "a team" else {"to_user": rep}
        RoutingRule.objects.create(name="North", condition=north, **to)
        lead = story.an_mql(country="NO")
        who = "EMEA</strong>, in turn: 0 this week" if whose == "a team" else "Lena Fuchs</strong>"
        words = f"Goes to <strong>{who}. Why: North, rule 1."
    for page in (preview(client, lead), html(client.get(URL))):
        assert f"{words} Decides within 4 h of working time." in " ".join(page.split())
    assert perform(lead, "hand_off", by=ivana).owner == rep


def test_without_scripts_the_snooze_is_a_link_that_opens_its_form(client, ivana):
    url = reverse("handoff:preview", args=[ready().pk])
    page = html(client.get(url))
    assert 'id="snooze-panel" data-panel hidden>' in page
    assert f'href="{url}?tab=ready&amp;snoozing=1"' in page
    assert 'id="snooze-panel" data-panel>' in html(client.get(f"{url}?tab=ready&snoozing=1"))


def test_a_fallen_score_stays_told_where_it_stands(client, ivana):
    lead = story.an_mql(score=64)
    Lead.objects.filter(pk=lead.pk).update(score=58, fit=0, engagement=58, grade="D1")
    place(lead)
    assert "fell from 64 to 58 since queued" in html(client.get(f"{URL}?tab=fell"))
