"""Managers write the rules and set the seats in the admin; what is wrong is said at its field."""

import pytest
import zeal
from django.urls import reverse

from accounts.models import User
from accounts.roles import MARKETER, MARKETING_MANAGER
from handoff.models import RotationSeat, RoutingRule
from tests import story
from tests.browser_forms import inputs
from tests.factories import RepFactory, TeamFactory, UserFactory
from tests.handoff.routing_world import ENERGY, a_rule, a_team, hand_off, seat

pytestmark = pytest.mark.django_db
ADD_RULE, RULES = "/admin/handoff/routingrule/add/", "/admin/handoff/routingrule/"
ADD_SEAT, SEATS = "/admin/handoff/rotationseat/add/", "/admin/handoff/rotationseat/"


@pytest.fixture
def client(client):
    client.force_login(UserFactory(role=MARKETING_MANAGER, is_staff=True))
    return client


@pytest.fixture(autouse=True)
def _as_the_admin_asks():
    """Django's admin reads each row of an editable list by a query of its own when it is posted."""
    names = [("RotationSeat", "get()"), ("RoutingRule", "get()")]
    with zeal.zeal_ignore([{"model": f"handoff.{name}", "field": field} for name, field in names]):
        yield


def said(client, address, **changes):
    """What a browser would send from the form at this address."""
    data = inputs(client.get(address).content.decode())
    return {name: value for name, value in (data | changes).items() if value is not None}


def errors(answer):
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def rule_page(rule):
    return reverse("admin:handoff_routingrule_change", args=[rule.pk])


def test_a_rule_without_a_condition_takes_every_lead(client):
    team = TeamFactory()
    data = said(client, ADD_RULE, name="Rest", order=9, to_team=team.pk, is_active="on")
    assert client.post(ADD_RULE, data).status_code == 302
    rule = RoutingRule.objects.get()
    assert (rule.name, rule.order, rule.condition, rule.to_team) == ("Rest", 9, None, team)
    assert (rule.method, rule.is_active) == ("round_robin", True)


@pytest.mark.parametrize("text", ["x", "{}", "[1]", '{"field": "nonsense"}', "null"])
def test_a_condition_in_the_address_is_none(client, text):
    assert client.get(ADD_RULE, {"condition": text, "name": "East"}).status_code == 200


def test_a_condition_is_built_and_stays_when_the_rule_is_saved_again(client):
    rule = a_rule(condition=ENERGY, to_team=TeamFactory())
    data = said(client, rule_page(rule), name="Energy", method="least_open")
    assert client.post(rule_page(rule), data).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.method, rule.condition) == ("Energy", "least_open", ENERGY)


@pytest.mark.parametrize("both", [True, False])
def test_a_rule_names_a_team_or_a_person(client, both):
    rep = RepFactory()
    to = {"to_team": rep.team_id, "to_user": rep.pk} if both else {"to_team": "", "to_user": ""}
    answer = client.post(ADD_RULE, said(client, ADD_RULE, name="Rest", **to))
    assert errors(answer) == {"to_team": ["Name a team or a person, and not both."]}
    assert not RoutingRule.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "EMEA"),
        ("name", "N" * 81),
        ("order", -1),
        ("order", "first"),
        ("order", 99_999),
        ("method", "dice"),
        ("to_team", "0"),
        ("to_user", "x"),
    ],
)
def test_bad_input_is_told_at_its_field(client, field, value):
    rep = RepFactory()
    a_rule("EMEA", to_team=rep.team)
    right = {"name": "Rest", "to_team": rep.team_id if field != "to_user" else ""}
    data = said(client, ADD_RULE, **right | {field: value})
    assert list(errors(client.post(ADD_RULE, data))) == [field]


def test_only_sales_is_offered(client):
    marketer, rep, left = UserFactory(), RepFactory(), RepFactory(is_active=False)
    TeamFactory(name="Web", side="marketing")
    form = client.get(ADD_RULE).context["adminform"].form
    assert [str(team) for team in form.fields["to_team"].queryset] == [
        str(rep.team), str(left.team)
    ]  # fmt: skip
    people = set(form.fields["to_user"].queryset)
    assert rep in people
    assert not people & {marketer, left}


def test_the_list_says_who_gets_what_and_is_edited_in_place(client):
    person = RepFactory(team__name="DACH")
    rule = a_rule("Energy", condition=ENERGY, to_team=person.team)
    a_rule("Rest", order=2, to_user=person)
    html = client.get(RULES).content.decode()
    for words in ("interest is Energy", "DACH, Round robin", str(person), "/routing/"):
        assert words in html
    data = said(client, RULES, **{"form-0-order": 7, "form-0-is_active": None, "_save": "Save"})
    assert client.post(RULES, data).status_code == 302
    rule.refresh_from_db()
    assert (rule.order, rule.is_active) == (7, False)


def test_weight_and_caps_are_set_in_the_list(client):
    first, second = a_team(2)
    for rep in (first, second):
        seat(rep)
    data = said(client, SEATS, **{"form-0-weight": 3, "form-1-daily_cap": 5, "_save": "Save"})
    assert client.post(SEATS, data).status_code == 302
    found = RotationSeat.objects.order_by("pk").values_list("weight", "daily_cap", "weekly_cap")
    assert list(found) == [(3, None, None), (1, 5, None)]


@pytest.mark.parametrize(("field", "value"), [("weight", 0), ("weight", 11), ("daily_cap", -1),
                                              ("weekly_cap", "many")])  # fmt: skip
def test_a_bad_number_is_told_at_its_field(client, field, value):
    one = seat(RepFactory())
    page = reverse("admin:handoff_rotationseat_change", args=[one.pk])
    assert list(errors(client.post(page, said(client, page, **{field: value})))) == [field]


def test_more_weight_brings_no_backlog(client):
    story.agreement_in_force()
    first, second = a_team(2)
    seat(first, turns=30)
    seat(second, turns=30)
    page = reverse("admin:handoff_rotationseat_change", args=[seat(first).pk])
    assert client.post(page, said(client, page, weight=3)).status_code == 302
    owners = [hand_off().owner for _ in range(8)]
    assert owners.count(first) == 6


def test_turns_that_were_counted_meanwhile_stay(client):
    story.agreement_in_force()
    (rep,) = a_team(1)
    page = reverse("admin:handoff_rotationseat_change", args=[seat(rep).pk])
    data = said(client, page, daily_cap=9)
    hand_off()
    client.post(page, data)
    assert RotationSeat.objects.values_list("turns", "daily_cap").get() == (1, 9)


def test_a_seat_can_be_set_before_its_first_turn(client):
    first, second = a_team(2)
    seat(first, turns=4)
    offered = client.get(ADD_SEAT).context["adminform"].form.fields["user"].queryset
    assert list(offered) == [second]
    answer = client.post(ADD_SEAT, said(client, ADD_SEAT, user=second.pk, weight=2, daily_cap=3))
    assert answer.status_code == 302
    made = RotationSeat.objects.get(user=second)
    assert (made.team, made.turns, made.weight, made.daily_cap) == (second.team, 8, 2, 3)


def test_who_has_a_seat_or_no_team_gets_none(client):
    (rep,) = a_team(1)
    seat(rep)
    for user in (rep, UserFactory()):
        answer = client.post(ADD_SEAT, said(client, ADD_SEAT, user=user.pk))
        assert list(errors(answer)) == ["user"]
    assert RotationSeat.objects.count() == 1


def test_a_seat_of_a_former_team_does_not_count(client):
    (rep,) = a_team(1)
    seat(rep, turns=40)
    User.objects.filter(pk=rep.pk).update(team=TeamFactory())
    offered = client.get(ADD_SEAT).context["adminform"].form.fields["user"].queryset
    assert list(offered) == [rep]


@pytest.mark.parametrize("address", [RULES, ADD_RULE, SEATS, ADD_SEAT])
def test_managers_only(client, address):
    client.force_login(UserFactory(role=MARKETER, is_staff=True))
    assert client.get(address).status_code == 403
