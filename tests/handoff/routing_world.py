"""Teams, rules and leads that are handed off: what the tests of routing begin with."""

from datetime import UTC, datetime

from handoff.models import RotationSeat, RoutingRule
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, TeamFactory, UserFactory

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)  # a Wednesday
ENERGY = {"field": "lead.interest", "op": "is", "value": "Energy"}


def a_team(size=2, **fields):
    """[its reps], in the order of their seats."""
    team = TeamFactory(**fields)
    return RepFactory.create_batch(size, team=team)


def a_rule(name="EMEA", order=1, **fields):
    return RoutingRule.objects.create(name=name, order=order, **fields)


def seat(rep, **fields):
    return RotationSeat.objects.update_or_create(team=rep.team, user=rep, defaults=fields)[0]


def turns(*reps):
    found = dict(RotationSeat.objects.values_list("user", "turns"))
    return [found.get(rep.pk, 0) for rep in reps]


def hand_off(lead=None, now=NOW, **said):
    lead = lead or story.an_mql(now=now)
    return perform(lead, "hand_off", by=UserFactory(), now=now, **said)


def why(lead):
    return lead.handoffs.latest("pk").why
