"""The manager's view of the inboxes: every offer with who has it, how long yet and how much room
they have; and moving offers to somebody else."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef

from accounts.models import Team, User
from accounts.roles import REP
from handoff import agreements, capacity, inbox
from handoff.cards import with_offer
from handoff.countdown import set_clocks
from leads.lifecycle import HANDED_OFF
from leads.models import Lead
from leads.perform import perform_many
from leads.refusals import Conflict
from leads.words import conflict_words

PAGE = 40


@dataclass(frozen=True)
class TeamView:
    """`rows`: leads with clock and places; `reps`: those who can take one, with their places."""

    rows: list[Any]
    more: str
    teams: list[Team]
    reps: list[Any]


def team_view(user, team_id, *, now, after=""):
    """One page of the offers of all teams or of one, most urgent first."""
    leads = inbox.offers(user, "team")
    leads = leads.filter(team=team_id) if team_id else leads
    found = list(with_offer(inbox.beyond(leads, after), now)[: PAGE + 1])
    people = {rep.pk: rep for rep in reps(now)}
    set_clocks(found, now)
    for lead in found:
        lead.places = people[lead.owner_id].places if lead.owner_id in people else ""
    teams = list(Team.objects.filter(side=Team.Side.SALES).order_by("name"))
    return TeamView(found[:PAGE], inbox.place(found, PAGE), teams, list(people.values()))


def reps(now):
    """Everybody who may take an offer, with `places`: how much room their week has."""
    found = User.objects.filter(is_active=True, groups__name=REP, team__isnull=False)
    found = found.select_related("team").annotate(
        cap=capacity.cap_of(OuterRef("pk")), taken=capacity.taken_by(OuterRef("pk"), now)
    )
    people: list[Any] = list(found.order_by("team__name", "first_name", "pk"))
    for rep in people:
        rep.places = capacity.free_words(rep.cap, rep.taken)
    return people


@transaction.atomic
def pass_on(ids, *, by, now, to_user=None):
    """Move pending offers to a person, or to the next by routing; never what was decided since.

    Returns the Outcome of perform_many.
    """
    agreements.lock_shared()
    leads = Lead.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    late = [lead for lead in leads if lead.stage != HANDED_OFF]
    words = conflict_words(late, now)
    going = set(ids) - words.keys()
    to = {"to_user": to_user} if to_user else {}
    outcome = perform_many(going, "reassign", by=by, now=now, **to)
    outcome.refused |= {pk: Conflict(said) for pk, said in words.items()}
    return outcome
