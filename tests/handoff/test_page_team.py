"""The manager's team view: every offer, who has it, and moving it to somebody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import roles
from handoff.models import Handoff, RotationSeat
from handoff.pausing import pause
from leads.models import Lead, LeadEvent
from leads.perform import perform
from tests import story
from tests.factories import CompanyFactory, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/inbox/team/"
HTMX = {"HX-Request": "true", "HX-Target": "team"}


@pytest.fixture
def team():
    return TeamFactory(name="DACH")


@pytest.fixture
def tomas(team):
    return RepFactory(first_name="Tomáš", last_name="Novák", team=team)


@pytest.fixture
def lena(team):
    return RepFactory(first_name="Lena", last_name="Fuchs", team=team)


@pytest.fixture
def claire(client):
    manager = UserFactory(role=roles.SALES_MANAGER)
    client.force_login(manager)
    return manager


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def owners(*leads):
    return [Lead.objects.get(pk=lead.pk).owner for lead in leads]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.SALES_MANAGER, 200),
        (roles.MARKETING_MANAGER, 200),
        (roles.REP, 403),
        (roles.MARKETER, 403),
        (roles.CUSTOMER_SUCCESS, 403),
    ],
)
def test_the_team_view_belongs_to_managers(client, tomas, lena, role, status):
    lead = story.handed_off(to=tomas)
    client.force_login(UserFactory(role=role))
    assert client.get(URL).status_code == status
    answer = client.post(URL, {"ids": lead.pk, "to": lena.pk}, headers=HTMX)
    assert answer.status_code == status
    assert owners(lead) == [lena if status == 200 else tomas]


def test_it_shows_who_how_long_and_how_much_room(client, claire, tomas):
    RotationSeat.objects.create(team=tomas.team, user=tomas, weekly_cap=8)
    lead = story.handed_off(to=tomas, last_name="Horák")
    pause(lead, by=tomas, reason="On holiday", now=timezone.now())
    story.handed_off(last_name="Elsewhere")
    page = html(client.get(URL))
    for words in ("Horák", "Elsewhere", "Tomáš Novák", "7 places free this week", "Paused, 24 h"):
        assert words in page
    assert "Tomáš Novák, DACH: 7 places free this week</option>" in page
    assert "Elsewhere" not in html(client.get(f"{URL}?team={tomas.team_id}"))
    assert "Elsewhere" in html(client.get(f"{URL}?team=x&after=y"))


def test_a_seat_in_a_team_that_somebody_left_gives_no_room(client, claire, tomas):
    RotationSeat.objects.create(team=TeamFactory(name="Nordics"), user=tomas, weekly_cap=8)
    RotationSeat.objects.create(team=tomas.team, user=tomas, weekly_cap=2)
    assert "Tomáš Novák, DACH: 2 places free this week</option>" in html(client.get(URL))


def test_a_part_is_the_region_alone_and_the_next_rows_alone(client, claire, tomas):
    story.handed_off(to=tomas)
    region = html(client.get(URL, headers=HTMX))
    assert region.lstrip().startswith('<section class="card" id="team"')
    rows = html(client.get(URL, headers=HTMX | {"HX-Target": "more"}))
    assert "<table" not in rows
    assert "data-row" in rows


def test_one_row_moves_to_a_person_and_there_is_no_undo(client, claire, tomas, lena):
    lead, other = story.handed_off(to=tomas), story.handed_off(to=tomas)
    said = {"one": lead.pk, "ids": [other.pk], "to": lena.pk}
    page = html(client.post(URL, said, headers=HTMX))
    assert "Reassigned 1 offer: " in page
    assert "data-undo" not in page
    assert owners(lead, other) == [lena, tomas]
    old, new = Handoff.objects.filter(lead=lead).order_by("pk")
    assert (old.state, new.state, new.to_user) == ("rerouted", "pending", lena)


def test_several_go_to_the_next_by_routing_and_never_back(client, claire, tomas, lena):
    leads = [story.handed_off(to=tomas, country="DE") for _ in range(2)]
    ids = [lead.pk for lead in leads]
    assert "Reassigned 2 offers: " in html(client.post(URL, {"ids": ids, "to": ""}, headers=HTMX))
    assert owners(*leads) == [lena, lena]


def test_by_routing_it_may_go_to_all_of_a_team_together(client, claire, tomas, lena):
    lead = story.handed_off(to=tomas, country="DE")
    RotationSeat.objects.update_or_create(team=lena.team, user=lena, defaults={"daily_cap": 0})
    page = html(client.post(URL, {"ids": lead.pk, "to": ""}, headers=HTMX))
    assert "(DACH)" in page
    assert owners(lead) == [None]


def test_by_routing_it_may_go_to_an_owner_of_the_account_who_is_no_rep(client, claire, tomas):
    owner = UserFactory(role=roles.SALES_MANAGER, first_name="Ida", last_name="Berg")
    lead = story.handed_off(to=tomas, company=CompanyFactory(owner=owner))
    assert "(Ida Berg)" in html(client.post(URL, {"ids": lead.pk, "to": ""}, headers=HTMX))
    assert owners(lead) == [owner]


def test_what_was_accepted_meanwhile_stays_and_is_told_by_name(client, claire, tomas, lena):
    taken, free = story.handed_off(to=tomas), story.handed_off(to=tomas)
    perform(taken, "accept", by=tomas, discovery_at=timezone.now() + timedelta(days=1))
    said = {"ids": [taken.pk, free.pk], "to": lena.pk}
    page = html(client.post(URL, said, headers=HTMX))
    assert "Tomáš Novák accepted this lead" in page
    assert owners(taken, free) == [tomas, lena]
    assert not LeadEvent.objects.filter(lead=taken, name="reassign").exists()
    assert client.post(URL, {"one": taken.pk, "to": lena.pk}, headers=HTMX).status_code == 409


@pytest.mark.parametrize(
    "said", [{}, {"ids": "x"}, {"ids": "1", "to": "x"}, {"ids": "1", "to": "999999"}]
)
def test_a_wrong_choice_is_told_and_moves_nothing(client, claire, tomas, said):
    lead = story.handed_off(to=tomas)
    said = said | ({"ids": lead.pk} if said.get("ids") == "1" else {})
    assert "Choose offers, and a person" in html(client.post(URL, said, headers=HTMX), 422)
    assert owners(lead) == [tomas]


def test_to_who_has_it_already_is_a_conflict(client, claire, tomas):
    lead = story.handed_off(to=tomas)
    page = html(client.post(URL, {"ids": lead.pk, "to": tomas.pk}, headers=HTMX), 409)
    assert "Tomáš Novák has this lead already." in page


def test_without_scripts_it_is_a_form_that_leads_back(client, claire, tomas, lena):
    lead = story.handed_off(to=tomas)
    said = {"one": lead.pk, "to": lena.pk, "team": tomas.team_id}
    assert client.post(URL, said).url == f"{URL}?team={tomas.team_id}"
    assert owners(lead) == [lena]


def test_it_asks_eight_times_for_one_offer_and_for_thirty(
    client, claire, tomas, django_assert_max_num_queries
):
    story.handed_off(to=tomas)
    client.get(URL)
    with django_assert_max_num_queries(8) as one:
        client.get(URL)
    for _ in range(29):
        story.handed_off(to=RepFactory(team=tomas.team))
    with django_assert_max_num_queries(8) as thirty:
        client.get(URL)
    assert len(thirty) == len(one)
