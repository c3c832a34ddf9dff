"""Who would get a lead that is handed off now, as routing says: asked within the query that finds
the lead. No turn is counted."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject

from accounts.models import Team, User
from handoff import clocks, places
from handoff.availability import is_away
from handoff.kinds import kind_for
from handoff.models import Handoff
from handoff.places import Places
from handoff.routing_facts import Facts, first_rule, serving_team
from handoff.routing_targets import Targets, sells

_State = Handoff.State
_GAVE_UP = [_State.REJECTED, _State.REROUTED, _State.LAPSED]


@dataclass(frozen=True)
class Receiver:
    """`words`: "account owner", "EMEA, rule 3", or nothing for the team that serves the country;
    `places`: of the team, None for a person; `within`: how soon they decide, of working time."""

    name: str
    words: str
    places: Places | None
    within: str


def asked(leads, rules, now):
    """Leads annotated with what `receiver` reads. `rules`: routing_targets.active_rules."""
    owner = User.objects.filter(sells(), ~is_away(now), pk=OuterRef("company__owner"))
    names = JSONObject(id="pk", first_name="first_name", last_name="last_name", email="email")
    gave_up = Handoff.objects.filter(lead=OuterRef("pk"), state__in=_GAVE_UP, to_user__gt=0)
    team = Team.objects.filter(pk=OuterRef("to_team")).values("name")
    people = places.seats(now).filter(team=OuterRef("to_team"))
    said = JSONObject(name="user__email", taken="taken", cap="weekly_cap")
    return leads.annotate(
        account_owner=Subquery(owner.values(said=names)[:1]),
        rule=first_rule(rules, now=now),
        had=ArraySubquery(gave_up.values("to_user")),
        to_team=_team(rules),
        team_name=Subquery(team),
        people=ArraySubquery(people.values(said=said)),
    )


def receiver(lead, rules, agreement):
    """None where nobody serves it."""
    owner = User(**lead.account_owner) if lead.account_owner else None
    had = frozenset(lead.had)
    known = Facts(lead.rule, lead.to_team, owner.pk if owner else None, lead.origin, had, None)
    target = Targets(rules, {owner.pk: owner} if owner else {}).of(known, had)
    within = clocks.limit_words(clocks.limit_of(agreement, kind_for(known, {})))
    if target.person and target.person.pk not in had:
        return Receiver(str(target.person), target.words, None, within)
    if lead.team_name is None:
        return None
    room = places.of_team(lead.team_name, [Places(**one) for one in lead.people])
    return Receiver(lead.team_name, target.words, room, within)


def _team(rules):
    """The team that the first rule names, or that stands in for its person; else by country."""
    theirs = [rule.to_team_id or rule.to_user.team_id for rule in rules]
    whens = [When(rule=n, then=Value(pk)) for n, pk in enumerate(theirs) if pk]
    return Case(*whens, default=serving_team()) if whens else serving_team()
