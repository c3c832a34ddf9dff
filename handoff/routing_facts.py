"""What is asked of leads before they are handed off, in one query: the first rule whose condition
holds, the team that serves the country, the owner of the account, and who had the lead before."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import RawSQL

from leads.conditions import to_q
from leads.models import Attribute, Lead


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


def facts(lead_ids, rules, *, now):
    """{lead id: Facts}, by the rows as they are in this transaction."""
    if not lead_ids:  # the gate has refused them all
        return {}
    # Ready to send, like the lock in perform; only the conditions of rules are compiled.
    place, join, params = "NULL::int", "", []
    if rules:
        leads = Lead.objects.filter(pk__in=lead_ids).order_by()
        holds = leads.values_list("pk", first_rule(rules, now=now))
        sql, params = holds.query.sql_with_params()
        place, join = "r.place", f"LEFT JOIN ({sql}) AS r (id, place) ON r.id = leads_lead.id"
    with connection.cursor() as cursor:
        cursor.execute(_ASK.format(place=place, join=join), [*params, lead_ids])
        return {pk: _facts(*row) for pk, *row in cursor.fetchall()}


def first_rule(rules, *, now):
    """Over leads: the place in `rules` of the first whose condition holds, or NULL."""
    attributes = list(Attribute.objects.all()) if _reads_attributes(rules) else []
    whens: list[When] = []
    for place, rule in enumerate(rules):
        if not rule.condition:
            return _case(whens, Value(place))
        holds = to_q(rule.condition, now=now, attributes=attributes)
        whens.append(When(holds, then=Value(place)))
    return _case(whens, Value(None))


def serving_team():
    """Over leads: the sales team that names the country, else the first that names none."""
    return RawSQL(_SERVING, [], IntegerField())  # noqa: S611  (no parameters)


def _facts(rule, serving, account_owner, origin, had, kind, user, team, rotated):
    pending = Pending(kind, user, team, rotated == "true") if kind else None
    return Facts(rule, serving, account_owner, origin, frozenset(had), pending)


def _case(whens, default):
    return Case(*whens, default=default, output_field=IntegerField())


def _reads_attributes(rules):
    return any("'attr." in str(rule.condition) for rule in rules)


_SERVING = """
    coalesce(
        (SELECT t.id FROM accounts_team t WHERE t.side = 'sales'
            AND leads_lead.country = ANY(t.countries) ORDER BY t.id LIMIT 1),
        (SELECT t.id FROM accounts_team t WHERE t.side = 'sales'
            AND cardinality(t.countries) = 0 ORDER BY t.id LIMIT 1)
    )
"""
_ASK = f"""
    SELECT leads_lead.id, {{place}}, {_SERVING}, c.owner_id, cycle.origin,
        ARRAY(SELECT h.to_user_id FROM handoff_handoff h WHERE h.lead_id = leads_lead.id
            AND h.state IN ('rejected', 'rerouted', 'lapsed') AND h.to_user_id IS NOT NULL),
        pending.kind, pending.to_user_id, pending.to_team_id, event.details->>'rotated'
    FROM leads_lead
    LEFT JOIN leads_company c ON c.id = leads_lead.company_id
    LEFT JOIN leads_cycle cycle ON cycle.lead_id = leads_lead.id AND cycle.outcome = 'open'
    LEFT JOIN handoff_handoff pending
        ON pending.lead_id = leads_lead.id AND pending.state = 'pending'
    LEFT JOIN leads_leadevent event ON event.id = pending.event_id
    {{join}}
    WHERE leads_lead.id = ANY(%s)
"""  # noqa: S608  (our own words)
