"""Who gets a lead: the owner of its account, else whom the first rule names whose condition holds,
else the sales team that serves its country; within a team by turns, or who has least open work.

Nobody gets a lead that they gave up before. When all of a team are away or at their cap, the team
is offered it together: a lead is never lost because nobody has room for it.
"""

from dataclasses import dataclass

from accounts.models import Team, User
from handoff import routing_facts, seats
from handoff.kinds import Kind, kind_for
from handoff.models import RotationSeat, RoutingRule
from handoff.routing_targets import Target, Targets, account_owners, active_rules
from leads.refusals import Missing

_LONGEST = 120  # Handoff.why
_NOBODY = (
    "Nobody in sales can take this lead. No team serves its country, or all of the team gave it "
    "back before: choose somebody else."
)


@dataclass
class Assignment:
    """`rotated`: it cost the person a turn; `credited`: (team, user) who got a turn back; `seat`:
    where the person sits, when it was read."""

    user: User | None
    team: Team | None
    why: str
    rotated: bool = False
    credited: tuple | None = None
    seat: RotationSeat | None = None

    @property
    def said(self):
        """The arguments of the move."""
        said = {"to_user": self.user, "to_team": self.team, "why": self.why[:_LONGEST]}
        turns = {"rotated": self.rotated, "credited": self.credited}
        return said | {name: value for name, value in turns.items() if value}


def route(batch, *, excluded=None, misrouted=False):
    """A person or team that was named, else as the rules say; also the kind of each handoff.
    Returns {user: their seat} of those whose seats were read.

    `excluded`: {lead id: ids of who must not get it}. `misrouted`: who has it got it wrongly.
    """
    args, person, team = batch.args, batch.args.get("to_user"), batch.args.get("to_team")
    if person and not (person.is_active and person.is_rep):
        for lead in batch.leads:
            batch.refuse(lead, Missing(f"{person} does not work in sales.", field="to_user"))
    by_hand = person or args.get("offer_to_team")
    rules = [] if by_hand or team else active_rules(batch.now)
    known = routing_facts.facts(list(batch.going), rules, now=batch.now)
    for lead in batch.leads:
        said = batch.each.get(lead.pk, {})
        batch.each[lead.pk] = said | {"kind": kind_for(known[lead.pk], batch.args_for(lead))}
    if by_hand:
        args["why"] = args.get("why") or "picked by hand"
        args["to_team"] = person.team if person else team
        return {}
    hand_raises = {pk for pk, said in batch.each.items() if said.get("kind") == Kind.HAND_RAISE}
    found = assign(
        batch.leads,
        known,
        rules,
        now=batch.now,
        team=team,
        excluded=excluded,
        hand_raises=hand_raises,
        misrouted=misrouted,
    )
    for lead in batch.leads:
        if one := found.get(lead.pk):
            batch.each[lead.pk] |= one.said
        else:
            batch.refuse(lead, Missing(_NOBODY, field="to_user"))
    return {one.user: one.seat for one in found.values() if one.seat}


def assign(
    leads, known, rules, *, now, team=None, excluded=None, hand_raises=frozenset(), misrouted=False
):
    """{lead id: Assignment}; a lead that nobody may take is missing from it.

    `known`: {lead id: Facts}; `team`: within this team only; `hand_raises`: ids of leads for which
    those who work at this moment come first.
    """
    barred = {lead.pk: known[lead.pk].had | (excluded or {}).get(lead.pk, set()) for lead in leads}
    if team:
        targets = {lead.pk: Target(team.pk) for lead in leads}
    else:
        owners = account_owners({known[lead.pk].account_owner for lead in leads}, now)
        by_rules = Targets(rules, owners)
        targets = {lead.pk: by_rules.of(known[lead.pk], barred[lead.pk]) for lead in leads}
    credits = _turns_of(leads, known) if misrouted else {}
    rotations = seats.locked(
        {one.team_id for one in targets.values() if not one.is_owner and one.team_id}
        | {team_id for team_id, _user_id in credits.values()},
        now=now,
        counts_work=any(one.method == RoutingRule.Method.LEAST_OPEN for one in targets.values()),
        asks_who_works=bool(hand_raises),
    )
    _turn(rotations, credits.values(), -1)
    found = {}
    for lead in leads:
        target = targets[lead.pk]
        one = _in_turn(
            lead,
            target,
            rotations.get(target.team_id),
            barred[lead.pk],
            now_if_possible=lead.pk in hand_raises,
        )
        if one:
            one.credited = credits.pop(lead.pk, None)
            found[lead.pk] = one
    _turn(rotations, credits.values(), +1)  # of those who keep what they have
    seats.save(rotations)
    return found


def _turns_of(leads, known):
    """{lead id: (team id, user id)} of the turns that their present offers cost."""
    pending = {lead.pk: known[lead.pk].pending for lead in leads}
    return {pk: (one.team, one.user) for pk, one in pending.items() if one and one.rotated}


def _turn(rotations, turns, number):
    for team_id, user_id in turns:
        if team_id in rotations:
            rotations[team_id].count(user_id, number)


def _in_turn(lead, target, rotation, barred, *, now_if_possible):
    """The person who was named, else whose turn it is, else all of the team together."""
    person = target.person
    if target.is_owner:
        return Assignment(person, person.team, target.words)
    if person and person.pk not in barred:
        if rotation is None or person.pk not in rotation.places:  # has no turns, and no cap
            return Assignment(person, person.team, target.words)
        if rotation.to(person.pk):
            return Assignment(person, person.team, target.words)
    if rotation is None:
        return None
    team = rotation.team
    place = rotation.next(barred, method=target.method, now_if_possible=now_if_possible)
    if place:
        why = target.why(team)
        return Assignment(place.seat.user, team, why, rotated=True, seat=place.seat)
    has_it = lead.owner_id is None and lead.team_id == team.pk
    if has_it or not rotation.has_somebody(barred):
        return None
    return Assignment(None, team, f"{target.words or team}: all away or at their cap")
