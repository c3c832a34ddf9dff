"""Where a lead goes by the rules: to the owner of its account, to whom the first rule names whose
condition holds, or to the team that serves its country."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from handoff.availability import is_away
from handoff.models import RoutingRule

ACCOUNT_OWNER = "account owner"
SELLS = "leads", "sell_lead"
WAYS: dict[str, str] = {
    RoutingRule.Method.ROUND_ROBIN: "round robin",
    RoutingRule.Method.LEAST_OPEN: "least open work",
}


@dataclass(frozen=True)
class Target:
    """`person`: whom the account or the rule names. `words`: "EMEA, rule 3", "account owner" or,
    for the team that serves the country, nothing."""

    team_id: int | None
    person: User | None = None
    words: str = ""
    method: str = RoutingRule.Method.ROUND_ROBIN

    @property
    def is_owner(self):
        return self.words == ACCOUNT_OWNER

    def why(self, team):
        """Why a turn in this team decided."""
        return f"{self.words or team}, {WAYS[self.method]}"


class Targets:
    """`rules`: the active ones, in order; `people`: {id: who may be named}, see named()."""

    def __init__(self, rules, people):
        self.rules, self.people = rules, people

    def of(self, facts, barred=frozenset()):
        owner = self.people.get(facts.account_owner)
        if owner and owner.pk not in barred:
            return Target(owner.team_id, owner, ACCOUNT_OWNER)
        if facts.rule is None:
            return Target(facts.serving)
        rule = self.rules[facts.rule]
        words = f"{rule.name}, rule {facts.rule + 1}"
        if rule.to_team_id:
            return Target(rule.to_team_id, words=words, method=rule.method)
        person = self.people.get(rule.to_user_id)
        # Their team stands in for who left, is away or has no room.
        team_id = rule.to_user.team_id or facts.serving
        return Target(team_id, person, words)


def named(known, rules, *, now):
    """{id: every account owner of these leads and person of a rule who may take leads, and is not
    away}."""
    ids = {one.account_owner for one in known}
    ids |= {rules[one.rule].to_user_id for one in known if one.rule is not None}
    if not ids - {None}:
        return {}
    people = User.objects.filter(sells(), ~is_away(now), pk__in=ids - {None})
    people = people.select_related("team").distinct()
    return {person.pk: person for person in people}


def sells():
    """Users who may take leads, by their role."""
    app, codename = SELLS
    by_role = Q(
        groups__permissions__codename=codename,
        groups__permissions__content_type__app_label=app,
    )
    return Q(is_active=True) & (Q(is_superuser=True) | by_role)
