"""Where a lead goes by the rules: to the owner of its account, to whom the first rule names whose
condition holds, or to the team that serves its country."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

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
    """`rules`: as of active_rules(); `owners`: as of account_owners()."""

    def __init__(self, rules, owners):
        self.rules, self.owners = rules, owners

    def of(self, facts, barred=frozenset()):
        owner = self.owners.get(facts.account_owner)
        if owner and owner.pk not in barred:
            return Target(owner.team_id, owner, ACCOUNT_OWNER)
        if facts.rule is None:
            return Target(facts.serving)
        rule = self.rules[facts.rule]
        words = f"{rule.name}, rule {facts.rule + 1}"
        if rule.to_team_id:
            return Target(rule.to_team_id, words=words, method=rule.method)
        person = rule.to_user if rule.is_free else None
        # Their team stands in for who left, is away or has no room.
        team_id = rule.to_user.team_id or facts.serving
        return Target(team_id, person, words)


def active_rules(now):
    """In their order. `is_free`: the person whom one names may take leads, and is not away."""
    return list(_active(now).select_related("to_user__team"))


def rules_asked(now):
    """The same as a column of another query, for `rules_told`."""
    rule = JSONObject(**{name: name for name in _RULE})
    person = JSONObject(**{name: f"to_user__{name}" for name in _PERSON})
    said = JSONObject(rule=rule, person=person, is_free="is_free")
    return ArraySubquery(_active(now).values(said=said))


def rules_told(said):
    rules = []
    for one in said:
        rule: Any = RoutingRule(**one["rule"])
        if rule.to_user_id:
            rule.to_user = User(**one["person"])
        rule.is_free = one["is_free"]
        rules.append(rule)
    return rules


def account_owners(ids, now):
    """{id: User} of those of these people who may take leads, and are not away."""
    if not (wanted := set(ids) - {None}):
        return {}
    people = User.objects.filter(sells(), ~is_away(now), pk__in=wanted)
    return {person.pk: person for person in people.select_related("team").distinct()}


def sells():
    """Users who may take leads, by their role."""
    app, codename = SELLS
    by_role = Q(
        groups__permissions__codename=codename,
        groups__permissions__content_type__app_label=app,
    )
    return Q(is_active=True) & (Q(is_superuser=True) | by_role)


def _active(now):
    free = User.objects.filter(sells(), ~is_away(now), pk=OuterRef("to_user"))
    return RoutingRule.objects.filter(is_active=True).annotate(is_free=Exists(free))


_RULE = ["id", "name", "condition", "method", "to_team_id", "to_user_id"]
_PERSON = ["id", "first_name", "last_name", "email", "team_id"]
