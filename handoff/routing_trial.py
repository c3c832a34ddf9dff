"""Dry run of the rules: what they would have done with past handoffs, beside what happened.

By what is known of the leads today. Caps, absences and working hours are left out, and a team that
goes by least open work counts as one that goes in turn: what remains is what the rules share out.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.models import Team, User
from handoff import routing_facts, seats
from handoff.models import Handoff, RotationSeat
from handoff.rotation import Place, Rotation
from handoff.routing_targets import WAYS, active_rules, sells
from leads.conditions import words
from leads.models import Attribute, Lead


@dataclass(frozen=True)
class Line:
    """One step of the routing and how many leads it takes; `part`: percent of all."""

    place: int | None
    name: str
    condition: str
    goes_to: str
    taken: int
    part: int


@dataclass(frozen=True)
class Share:
    """How many handoffs a person (or a team together) got, and would have got."""

    name: str
    team: str
    did: int
    would: int

    @property
    def more(self):
        return self.would - self.did


@dataclass(frozen=True)
class Trial:
    lines: list[Line]
    shares: list[Share]
    total: int


def trial(weeks, *, now):
    """The rules as they stand, on the first handoffs of the last weeks. Six queries."""
    since = now - timedelta(weeks=weeks)
    rules = active_rules(now)
    groups = _groups(rules, since, now)
    teams = {team.pk: team for team in Team.objects.order_by("pk")}
    total = sum(n for *_ids, n in groups)
    return Trial(
        _lines(rules, groups, teams, total), _shares(rules, groups, teams, since, now), total
    )


def _groups(rules, since, now):
    """[(account owner, place of the rule, serving team, handoffs)]; ids, or None."""
    owner = User.objects.filter(sells(), pk=OuterRef("company__owner")).order_by()
    leads = Lead.objects.filter(**_first(since, now, "handoffs__")).order_by()
    counted = (
        leads.annotate(
            account_owner=Subquery(owner.values("pk")[:1]),
            rule=routing_facts.first_rule(rules, now=now),
            serving=routing_facts.serving_team(),
        )
        .values("account_owner", "rule", "serving")
        .annotate(n=Count("handoffs"))
    )
    return list(counted.values_list("account_owner", "rule", "serving", "n"))


def _first(since, now, prefix=""):
    said = {"created_at__gt": since, "created_at__lte": now, "event__name": "hand_off"}
    return {prefix + name: value for name, value in said.items()}


def _lines(rules, groups, teams, total):
    taken: Counter = Counter()
    for owner, rule, serving, n in groups:
        taken["owner" if owner else ("team", serving) if rule is None else ("rule", rule)] += n

    def line(key, name, condition, goes_to, place=None):
        part = round(100 * taken[key] / total) if total else 0
        return Line(place, name, condition, goes_to, taken[key], part)

    attributes = list(Attribute.objects.all())
    lines = [line("owner", _("Account owner"), _("an account with an owner in sales"), "")]
    for place, rule in enumerate(rules):
        condition = words(rule.condition, attributes) if rule.condition else _("every lead")
        team = teams.get(rule.to_team_id)
        goes_to = f"{team}, {WAYS[rule.method]}" if team else str(rule.to_user)
        lines.append(line(("rule", place), rule.name, condition, goes_to, place + 1))
    for pk, team in teams.items():
        goes_to = f"{team}, {WAYS['round_robin']}"
        if taken["team", pk]:
            lines.append(line(("team", pk), _("Country"), _("what no rule takes"), goes_to))
    if taken["team", None]:
        lines.append(line(("team", None), _("Nobody"), _("what no team serves"), ""))
    return lines


def _shares(rules, groups, teams, since, now):
    would, did = _would(rules, groups), _did(since, now)
    people = User.objects.select_related("team").in_bulk({pk for pk, _team in [*would, *did] if pk})
    found = []
    for user, team in would.keys() | did.keys():
        name = people[user].display_name if user else _("All together")
        their_team = people[user].team if user else teams.get(team)
        found.append(Share(name, str(their_team or ""), did[user, team], would[user, team]))
    return sorted(found, key=lambda one: (one.team, one.name))


def _did(since, now):
    """{(user id, None) or (None, team id): handoffs}"""
    made = Handoff.objects.filter(**_first(since, now)).values_list("to_user", "to_team")
    counts: Counter = Counter()
    for user, team, n in made.annotate(n=Count("pk")):
        counts[(user, None) if user else (None, team)] += n
    return counts


def _would(rules, groups):
    """The same by the rules: each team shares its leads out by weight, from the beginning."""
    counts: Counter = Counter()
    of_team: Counter = Counter()
    for owner, place, serving, n in groups:
        rule = None if place is None else rules[place]
        person = owner or (rule and rule.to_user_id and rule.to_user.is_active and rule.to_user_id)
        if person:
            counts[person, None] += n
        else:
            of_team[rule.to_team_id or rule.to_user.team_id or serving if rule else serving] += n
    rotations = _rotations()
    for team, n in of_team.items():
        if team in rotations:
            for _turn in range(n):
                counts[rotations[team].next(frozenset()).seat.user_id, None] += 1
    return counts


def _rotations():
    """Of all teams, every seat without a turn yet."""
    weights = dict(RotationSeat.objects.values_list("user", "weight"))
    places: dict[int, list] = {}
    for rep in seats.reps().select_related("team"):
        seat = RotationSeat(team=rep.team, user=rep, weight=weights.get(rep.pk, 1))
        places.setdefault(rep.team_id, []).append(Place(seat))
    return {pk: Rotation(theirs[0].seat.team, theirs) for pk, theirs in places.items()}
