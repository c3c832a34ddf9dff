"""What is asked of leads before they are handed off, in one query: the first rule whose condition
holds, the team that serves the country, the owner of the account, and who had the lead before."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Team
from handoff.models import Handoff, RoutingRule
from leads.conditions import to_q
from leads.models import Attribute, Cycle, Lead

_GAVE_IT_UP = ["rejected", "rerouted", "lapsed"]


@dataclass(frozen=True)
class Pending:
    """The offer that a lead has now. `rotated`: it cost whoever got it a turn."""

    kind: str
    user: int | None
    team: int | None
    rotated: bool


@dataclass(frozen=True)
class Facts:
    """Ids, or None. `rule`: the place of a rule in the list; `had`: who gave the lead up."""

    rule: int | None
    serving: int | None
    account_owner: int | None
    origin: str | None  # of the open cycle
    had: frozenset[int]
    pending: Pending | None


def active_rules():
    return list(RoutingRule.objects.filter(is_active=True).select_related("to_user"))


def facts(lead_ids, rules, *, now):
    """{lead id: Facts}, by the rows as they are in this transaction."""
    return {row["pk"]: _facts(row) for row in asked(rules, now=now).filter(pk__in=lead_ids)}


def asked(rules, *, now):
    """Leads as rows of values."""
    return Lead.objects.order_by("pk").values(
        "pk",
        rule=first_rule(rules, now=now),
        serving=serving_team(),
        account_owner=F("company__owner"),
        origin=Subquery(_mine(Cycle, outcome="open").values("origin")[:1]),
        had=ArraySubquery(
            _mine(Handoff, state__in=_GAVE_IT_UP, to_user__isnull=False).values("to_user")
        ),
        pending=Subquery(_mine(Handoff, state="pending").values(said=_pending())[:1]),
    )


def first_rule(rules, *, now):
    """The place in `rules` of the first whose condition holds for a lead, or NULL."""
    attributes = list(Attribute.objects.all()) if _reads_attributes(rules) else []
    whens = []
    for place, rule in enumerate(rules):
        if not rule.condition:
            return _case(whens, Value(place))
        holds = to_q(rule.condition, now=now, attributes=attributes)
        whens.append(When(holds, then=Value(place)))
    return _case(whens, Value(None))


def serving_team():
    """The sales team that names the country, else the first that names none."""
    sales = Team.objects.filter(side="sales").order_by("pk")
    named = sales.filter(countries__contains=[OuterRef("country")])
    rest = sales.filter(countries=[])
    return Coalesce(Subquery(named.values("pk")[:1]), Subquery(rest.values("pk")[:1]))


def _facts(row):
    pending = row["pending"]
    return Facts(
        rule=row["rule"],
        serving=row["serving"],
        account_owner=row["account_owner"],
        origin=row["origin"],
        had=frozenset(row["had"]),
        pending=pending and Pending(**pending | {"rotated": pending["rotated"] == "true"}),
    )


def _mine(model, **state):
    return model.objects.filter(lead=OuterRef("pk"), **state)


def _pending():
    return JSONObject(
        kind="kind",
        user="to_user",
        team="to_team",
        rotated=KeyTextTransform("rotated", "event__details"),
    )


def _case(whens, default):
    if not whens:
        return Case(default=default, output_field=IntegerField())
    return Case(*whens, default=default, output_field=IntegerField())


def _reads_attributes(rules):
    return any("'attr." in str(rule.condition) for rule in rules)
