"""Who gets a lead: the sales team that serves its country, then round robin in that team.

Turns are counted per seat under a row lock held to the end of the transaction, so a race cannot
give one person two turns while another waits.
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from accounts.models import Team, User
from accounts.roles import REP
from handoff.models import Handoff, RotationSeat
from leads import bulk


@dataclass
class Assignment:
    user: User | None
    team: Team
    why: str


def assign(leads, *, team=None, excluded=None):
    """{lead id: Assignment}; a lead that nobody may take is missing from it.

    `team`: within this team only. Nobody gets a lead back that they rejected, nor one for which
    `excluded` ({lead id: user ids}) names them.
    """
    serving = _Serving()
    by_team = {}
    for lead in leads:
        target = team or serving.team_for(lead)
        if target:
            by_team.setdefault(target.pk, (target, []))[1].append(lead)
    refused_by = _refused_by(leads, excluded or {})
    found = {}
    for pk in sorted(by_team):  # always the same lock order
        target, theirs = by_team[pk]
        found |= _round_robin(target, theirs, refused_by)
    return found


def reps_of(team):
    """The active sales reps of a team, by id."""
    return User.objects.filter(team=team, is_active=True, groups__name=REP).order_by("pk")


class _Serving:
    """Which sales team serves a country: the one that names it, else the first that names none."""

    def __init__(self):
        teams = list(Team.objects.filter(side="sales").order_by("pk"))
        self.by_country = {country: team for team in reversed(teams) for country in team.countries}
        self.default = next((team for team in teams if not team.countries), None)

    def team_for(self, lead):
        return self.by_country.get(lead.country) or self.default


def _round_robin(team, leads, refused_by):
    reps = {rep.pk: rep for rep in reps_of(team)}
    seats = _locked_seats(team, reps)
    heap = [(seat.turns, seat.user_id, seat) for seat in seats]
    heapify(heap)
    found = {}
    for lead in leads:
        skipped = []
        while heap and heap[0][1] in refused_by.get(lead.pk, ()):
            skipped.append(heappop(heap))
        if heap:
            turns, user_id, seat = heappop(heap)
            seat.turns = turns + 1
            heappush(heap, (seat.turns, user_id, seat))
            found[lead.pk] = Assignment(reps[user_id], team, f"{team}, round robin")
        for entry in skipped:
            heappush(heap, entry)
    bulk.update(seats, ["turns"])
    return found


def _locked_seats(team, reps):
    """A newcomer starts level with who had the fewest turns, not with a backlog of zero."""
    held = RotationSeat.objects.select_for_update().filter(team=team).order_by("pk")
    seats = [seat for seat in held if seat.user_id in reps]
    new = reps.keys() - {seat.user_id for seat in seats}
    if new:
        turns = min((seat.turns for seat in seats), default=0)
        RotationSeat.objects.bulk_create(
            [RotationSeat(team=team, user_id=pk, turns=turns) for pk in sorted(new)],
            ignore_conflicts=True,
        )
        seats = [seat for seat in held.all() if seat.user_id in reps]
    return seats


def _refused_by(leads, excluded):
    rejected = Handoff.objects.filter(
        lead__in=[lead.pk for lead in leads], state__in=["rejected", "rerouted", "lapsed"]
    )
    found = {lead_id: set(users) for lead_id, users in excluded.items()}
    for lead_id, user_id in rejected.values_list("lead_id", "to_user_id"):
        found.setdefault(lead_id, set()).add(user_id)
    return found
