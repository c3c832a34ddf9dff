"""The account owner first, then the first rule whose condition holds, then the country's team."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts.models import User
from leads.models import LeadEvent
from leads.perform import perform, perform_many
from leads.refusals import Missing
from tests import story
from tests.factories import AttributeFactory, CompanyFactory, RepFactory, UserFactory
from tests.handoff.routing_world import ENERGY, NOW, a_rule, a_team, hand_off, seat, turns, why

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agreement():
    return story.agreement_in_force(now=NOW)


def an_mql(**fields):
    return story.an_mql(now=NOW, **fields)


def test_the_owner_of_the_account_gets_it_whatever_the_rules_say():
    (other,) = a_team(1)
    a_rule(to_team=other.team)
    owner = RepFactory()
    lead = hand_off(an_mql(company=CompanyFactory(owner=owner)))
    assert (lead.owner, lead.team, why(lead)) == (owner, owner.team, "account owner")
    assert turns(owner, other) == [0, 0]


@pytest.mark.parametrize("what", ["left", "does not sell", "gave it up"])
def test_an_owner_who_cannot_take_it_is_passed_over(what):
    (rep,) = a_team(1)
    owner = UserFactory() if what == "does not sell" else RepFactory(is_active=what != "left")
    lead = an_mql(company=CompanyFactory(owner=owner))
    if what == "gave it up":
        User.objects.filter(pk=rep.pk).update(is_active=False)
        lead = perform(hand_off(lead), "reject", by=owner, now=NOW, reason="no_budget")
        lead = perform(lead, "qualify", by=UserFactory(role=roles.SALES_MANAGER), reason="r")
        User.objects.filter(pk=rep.pk).update(is_active=True)
        User.objects.filter(pk=owner.pk).update(team=None)
    assert hand_off(lead).owner == rep


def test_a_manager_who_owns_the_account_may_take_it():
    a_team(1)
    owner = UserFactory(role=roles.SALES_MANAGER)
    assert hand_off(an_mql(company=CompanyFactory(owner=owner))).owner == owner


def test_the_first_rule_that_holds_decides():
    energy, rest, country = a_team(1), a_team(1), a_team(1, countries=["DE"])
    a_rule("Rest", order=3, to_team=rest[0].team)
    a_rule("Energy", order=1, condition=ENERGY, to_team=energy[0].team)
    a_rule("Asleep", order=0, to_team=country[0].team, is_active=False)
    lead = hand_off(an_mql(interest="Energy"))
    assert (lead.owner, why(lead)) == (energy[0], "Energy, rule 1, round robin")
    lead = hand_off(an_mql(interest="Water"))
    assert (lead.owner, why(lead)) == (rest[0], "Rest, rule 2, round robin")


def test_where_no_rule_holds_the_team_of_the_country_takes_it():
    energy, country = a_team(1), a_team(1, countries=["DE"], name="DACH")
    a_rule(condition=ENERGY, to_team=energy[0].team)
    lead = hand_off(an_mql(country="DE"))
    assert (lead.owner, why(lead)) == (country[0], "DACH, round robin")


def test_a_rule_may_read_custom_attributes():
    AttributeFactory(code="plants", kind="number")
    big, _rest = a_team(1), a_team(1, countries=["DE"])
    a_rule(condition={"field": "attr.plants", "op": "gte", "value": 3}, to_team=big[0].team)
    assert hand_off(an_mql(values={"plants": 4})).owner == big[0]
    assert hand_off(an_mql(values={"plants": 2})).owner != big[0]


def test_a_rule_names_a_person_who_pays_no_turn():
    first, second = a_team(2)
    a_rule("Key accounts", to_user=second)
    lead = hand_off()
    assert (lead.owner, why(lead)) == (second, "Key accounts, rule 1")
    assert turns(first, second) == [0, 0]


@pytest.mark.parametrize("what", ["left", "has no room"])
def test_the_team_stands_in_for_a_person_who_cannot(what):
    first, second = a_team(2)
    a_rule("Key accounts", to_user=second)
    User.objects.filter(pk=second.pk).update(is_active=what != "left")
    seat(second, daily_cap=0)
    lead = hand_off()
    assert (lead.owner, why(lead)) == (first, "Key accounts, rule 1, round robin")


def test_a_rule_may_name_a_manager():
    manager = UserFactory(role=roles.SALES_MANAGER)
    a_rule("Key accounts", to_user=manager)
    assert hand_off().owner == manager


def test_least_open_work_takes_the_next():
    busy, free = a_team(2)
    story.accepted(by=busy, now=NOW)
    seat(free, turns=7)
    a_rule(to_team=free.team, method="least_open")
    lead = hand_off()
    assert (lead.owner, why(lead)) == (free, "EMEA, rule 1, least open work")
    assert hand_off().owner == busy  # both have one; who had fewer turns


def test_a_team_that_was_named_by_hand_goes_before_rules_and_owners():
    a_rule(to_team=a_team(1)[0].team)
    named = a_team(1, name="South")
    lead = hand_off(an_mql(company=CompanyFactory(owner=RepFactory())), to_team=named[0].team)
    assert (lead.owner, why(lead)) == (named[0], "South, round robin")


def test_the_longest_names_fit():
    (rep,) = a_team(1, name="T" * 80)
    a_rule("R" * 80, to_team=rep.team, method="least_open")
    lead = hand_off()
    assert why(lead) == f"{'R' * 80}, rule 1, least open work"
    seat(rep, daily_cap=0)
    assert hand_off().owner is None


def test_a_rule_of_a_team_without_reps_refuses():
    a_team(1)
    rep = RepFactory(is_active=False)
    a_rule(to_team=rep.team)
    with pytest.raises(Missing, match="Nobody in sales"):
        hand_off()


def test_the_turn_of_who_got_it_wrongly_is_given_back():
    first, second = a_team(2)
    lead = hand_off()
    assert (lead.owner, turns(first, second)) == (first, [1, 0])
    lead = perform(lead, "reject", by=first, now=NOW, reason="misrouted")
    assert (lead.owner, turns(first, second)) == (second, [0, 1])
    assert hand_off().owner == first


def test_across_teams_too():
    (wrong,), (right,) = a_team(1, countries=["DE"]), a_team(1)
    lead = hand_off(an_mql(country="DE"))
    a_rule(to_team=right.team)
    lead = perform(lead, "reject", by=wrong, now=NOW, reason="misrouted")
    assert (lead.owner, turns(wrong, right)) == (right, [0, 1])


def test_undo_takes_the_credit_back():
    first, second = a_team(2)
    lead = perform(hand_off(), "reject", by=first, now=NOW, reason="misrouted")
    lead = perform(lead, "undo", by=first, now=NOW)
    assert (lead.owner, turns(first, second)) == (first, [1, 0])


def test_who_is_refused_another_keeps_the_turn():
    (rep,) = a_team(1)
    lead = hand_off()
    with pytest.raises(Missing, match="Nobody in sales"):
        perform(lead, "reject", by=rep, now=NOW, reason="misrouted")
    assert turns(rep) == [1]


def test_what_was_picked_by_hand_gives_no_turn_back():
    first, _second = a_team(2)
    seat(first, turns=3)
    lead = perform(hand_off(to_user=first), "reject", by=first, now=NOW, reason="misrouted")
    assert lead.owner != first
    assert turns(first) == [3]


def test_the_event_says_it_too():
    a_team(1, name="DACH")
    lead = hand_off()
    said = LeadEvent.objects.get(lead=lead, name="hand_off").details
    assert (said["why"], said["rotated"], said["kind"]) == ("DACH, round robin", True, "other")


@pytest.mark.parametrize("many", [1, 20])
@pytest.mark.parametrize(("cap", "queries"), [(None, 12), (1, 13)])
def test_it_asks_as_much_for_many_as_for_one(many, cap, queries):
    team = a_team(3)
    seat(team[0], daily_cap=cap)
    a_rule("Energy", order=1, condition=ENERGY, to_user=team[0])
    for order in range(2, 8):
        a_rule(f"Rule {order}", order=order, condition=ENERGY, to_team=team[0].team)
    leads = [an_mql(interest="Energy") for _ in range(many)]
    marketer = UserFactory()
    assert marketer.is_marketer  # as in a request, which knows it already
    hand_off(an_mql(interest="Energy"))  # all have seats now, and the agreement is known
    with CaptureQueriesContext(connection) as asked:
        perform_many(leads, "hand_off", by=marketer, now=NOW)
    assert len(_without_savepoints(asked)) <= queries


def _without_savepoints(asked):
    return [one for one in asked if "SAVEPOINT" not in one["sql"]]


def test_a_lead_that_was_refused_before_it_is_routed_is_told_so_with_rules_too():
    (rep,) = a_team(1)
    a_rule(condition=ENERGY, to_team=rep.team)
    with pytest.raises(Missing, match="Phone is missing"):
        hand_off(an_mql(phone=""))
