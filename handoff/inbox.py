"""The sales inbox: what is offered to a person or team, most urgent first, page by page."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from handoff.cards import told, with_facts
from handoff.models import Handoff
from leads.models import Lead

PAGE = 6  # more than fits a screen; the next come before its end is reached
MOST = 60  # so far down reaches the first page for the sake of one card


@dataclass(frozen=True)
class Cards:
    """One page of leads with what a card tells. `more`: where the next page begins."""

    rows: list
    more: str = ""

    @property
    def newest(self):
        return max((lead.handoff_id for lead in self.rows), default=0)


def offers(user, scope):
    """Pending offers, most urgent first. Scope "mine": to me or to my whole team; "team": to
    anybody in my team, and to anybody at all for a manager."""
    leads = Lead.objects
    return leads.offered_to(user) if scope == "mine" else leads.offered_beside(user)


def cards(user, scope, *, now, after="", newer=None, wanted=None):
    """One page of offers as cards. `newer`: those offered since the handoff of this id, in that
    order: the page knows where they belong, and asks again for the rest. `wanted`: the id of a lead
    that the page reaches down to."""
    leads = beyond(offers(user, scope), after)
    if newer is not None:
        leads = leads.filter(handoffs__state="pending", handoffs__pk__gt=newer)
        if not leads.exists():  # as nearly always: an open page asks again and again
            return Cards([])
        rows = with_facts(leads.order_by("handoffs__pk"), user, now)[:PAGE]
        return Cards(told(list(rows), now))
    size = _reach(leads, wanted) if wanted else PAGE
    found = list(with_facts(leads, user, now)[: size + 1])
    return Cards(told(found[:size], now), place(found, size))


def card(user, pk, *, now):
    """One offer as a card, or None when it is no longer there for this person."""
    scopes = ["mine", "team"]
    found = [
        one for scope in scopes for one in with_facts(offers(user, scope).filter(pk=pk), user, now)
    ]
    return next(iter(told(found[:1], now)), None)


def known(user):
    """What this person may see, and what was ever offered to the team: to say who took it."""
    offered = Handoff.objects.filter(to_team=user.team_id or 0).values("lead")
    return Lead.objects.visible_to(user) | Lead.objects.filter(pk__in=offered)


def mark_seen(leads, user, now):
    """The first time that its receiver has an offer on the screen: one statement, or none.

    What somebody decides at this moment is passed over: a look at a page waits for nobody.
    """
    fresh = [lead.handoff_id for lead in leads if lead.seen_at is None and is_for(lead, user)]
    if fresh:
        with transaction.atomic():
            free = Handoff.objects.select_for_update(skip_locked=True).filter(pk__in=fresh)
            Handoff.objects.filter(pk__in=free.values("pk"), seen_at=None).update(seen_at=now)


def is_for(lead, user):
    if lead.owner_id is None:
        return lead.team_id is not None and lead.team_id == user.team_id
    return lead.owner_id == user.pk


def place(found, size):
    """Where the page after the first `size` of these begins; "" when there is none."""
    last = found[size - 1] if len(found) > size else None
    return f"{last.due_at.isoformat()}_{last.pk}" if last else ""


def beyond(leads, place):
    """Those that are less urgent than the place; all of them where it is none."""
    try:
        due_at, pk = place.split("_")
        due_at, pk = datetime.fromisoformat(due_at), int(pk)
    except ValueError:
        return leads
    return leads.filter(Q(due_at__gt=due_at) | Q(pk__gt=pk), due_at__gte=due_at)


def _reach(leads, wanted):
    """How many of them are a page with the wanted one."""
    lead = leads.filter(pk=wanted).first()
    if lead is None:
        return PAGE
    first = Q(due_at__lt=lead.due_at) | Q(due_at=lead.due_at, pk__lte=lead.pk)
    return min(max(leads.filter(first).count(), PAGE), MOST)
