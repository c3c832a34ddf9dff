"""The dry run of the rules: managers read it, it counts right, and it writes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from handoff.models import RotationSeat
from handoff.routing_trial import trial
from leads.perform import perform
from tests import story
from tests.factories import CompanyFactory, RepFactory, UserFactory
from tests.handoff.routing_world import ENERGY, a_rule, a_team, hand_off, seat

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW)


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.SALES_MANAGER, is_staff=True)
    client.force_login(user)
    return user


def an_mql(**fields):
    return story.an_mql(now=NOW, **fields)


def tried(weeks=4, now=NOW):
    found = trial(weeks, now=now)
    lines = [(line.place, line.name, line.goes_to, line.taken, line.part) for line in found.lines]
    shares = {(one.name, one.team): (one.did, one.would) for one in found.shares}
    return lines, shares


def test_it_says_what_each_rule_takes_and_who_gets_how_many():
    dach = a_team(2, name="DACH")
    light, heavy = a_team(2, name="Energy")
    owner = RepFactory(team__name="Key accounts")
    for interest in ["Energy"] * 4 + ["Water"] * 2:
        hand_off(an_mql(interest=interest), to_user=dach[0], now=NOW)
    hand_off(an_mql(company=CompanyFactory(owner=owner)), to_team=dach[0].team,
             offer_to_team=True, now=NOW)  # fmt: skip
    seat(heavy, weight=3)
    a_rule("Energy", condition=ENERGY, to_team=light.team)
    a_rule("Asleep", order=0, to_user=owner, is_active=False)

    lines, shares = tried()

    assert lines == [
        (None, "Account owner", "", 1, 14),
        (1, "Energy", "Energy, round robin", 4, 57),
        (None, "Country", "DACH, round robin", 2, 29),
    ]
    assert shares == {
        (str(dach[0]), "DACH"): (6, 1),
        (str(dach[1]), "DACH"): (0, 1),
        (str(light), "Energy"): (0, 1),
        (str(heavy), "Energy"): (0, 3),
        (str(owner), "Key accounts"): (0, 1),
        ("All together", "DACH"): (1, 0),
    }


def test_a_rule_to_a_person_and_leads_that_nobody_serves():
    person = RepFactory(team__countries=["SE"], team__name="Nordics")
    hand_off(an_mql(interest="Energy"), to_user=person, now=NOW)
    hand_off(an_mql(country="FR"), to_user=person, now=NOW)
    a_rule("Energy", condition=ENERGY, to_user=person)
    lines, shares = tried()
    assert lines[1:] == [
        (1, "Energy", str(person), 1, 50),
        (None, "Nobody", "", 1, 50),
    ]
    assert shares == {(str(person), "Nordics"): (2, 1)}


def test_only_the_first_handoffs_of_those_weeks_count():
    first, second = a_team(2)
    lead = hand_off(now=NOW - timedelta(days=20))
    other = second if lead.owner == first else first
    perform(lead, "reassign", by=UserFactory(role=roles.SALES_MANAGER), now=NOW, to_user=other)
    assert trial(4, now=NOW).total == 1
    assert trial(2, now=NOW).total == 0


def test_it_writes_nothing_and_asks_as_much_for_many(client, manager):
    team = a_team(2)
    a_rule(condition={"did": "webinar", "days": 30}, to_team=team[0].team)
    hand_off(now=NOW)
    turns = list(RotationSeat.objects.order_by("pk").values_list("pk", "turns"))
    first = asked(client)
    assert list(RotationSeat.objects.order_by("pk").values_list("pk", "turns")) == turns
    for number, country in enumerate(["SE", "NO", "DK", "FI", "NL", "BE"]):
        a_team(3, countries=[country])
        a_rule(f"Rule {number}", order=number + 2, condition=ENERGY, to_user=RepFactory())
        hand_off(an_mql(country=country), now=NOW)
    assert len(asked(client)) == len(first) <= 15
    assert not [one for one in first if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_page_stands_whole_and_as_a_part(client, manager):
    a_rule("Energy <b>", condition=ENERGY, to_team=a_team(1)[0].team)
    page = client.get("/routing/?weeks=12").content.decode()
    assert "Energy &lt;b&gt;" in page
    assert "interest is Energy" in page
    assert "/admin/handoff/routingrule/" in page
    assert "Nothing was handed off in this time." in page
    part = client.get("/routing/?weeks=52", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div class="d-flex flex-column gap-card" id="routing">')


@pytest.mark.parametrize("weeks", ["", "3", "x", "-4", "9" * 30, "%00"])
def test_other_numbers_of_weeks_are_four(client, manager, weeks):
    answer = client.get(f"/routing/?weeks={weeks}")
    assert (answer.status_code, answer.context["weeks"]) == (200, 4)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.MARKETER, 403),
        (roles.REP, 403),
        (roles.CUSTOMER_SUCCESS, 403),
        (roles.MARKETING_MANAGER, 200),
        (roles.SALES_MANAGER, 200),
    ],
)
def test_managers_only(client, role, status):
    client.force_login(UserFactory(role=role))
    answer = client.get("/routing/")
    assert answer.status_code == status
    assert b"/admin/" not in answer.content


def asked(client):
    with CaptureQueriesContext(connection) as found:
        assert client.get("/routing/").status_code == 200
    return found.captured_queries
