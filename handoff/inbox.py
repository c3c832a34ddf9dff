"""The sales inbox: what is offered to a person or team, as cards; and what else is due today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import User
from handoff.definition import IN_FORCE, definition
from handoff.models import Handoff
from leads.lifecycle import NURTURE, SAL, SQL
from leads.models import Activity, Cycle, Lead, LeadEvent
from leads.querysets import CountOf
from leads.telling import did
from leads.words import ago, today
from scoring import words

PAGE, MOST, AGENDA = 12, 1_000, 12


@dataclass(frozen=True)
class Cards:
    """One page. `more`: where the next begins; `mine`, `team`: how many there are in all."""

    rows: list  # of leads with what a card tells
    more: str
    mine: int
    team: int

    @property
    def newest(self):
        return max((lead.handoff_id for lead in self.rows), default=0)


def offers(user, scope):
    """Pending offers, most urgent first. Scope "mine": to me or to my whole team; "team": to
    anybody in my team, and to anybody at all for a manager."""
    leads = Lead.objects
    return leads.offered_to(user) if scope == "mine" else leads.offered_beside(user)


def cards(user, scope, *, now, after="", newer=None):
    """One page of offers as cards. `newer`: only those offered since the handoff of this id."""
    leads = _after(offers(user, scope), after)
    if newer is not None:
        leads = leads.filter(handoffs__state="pending", handoffs__pk__gt=newer)
    found = list(_counted(_with_facts(leads), user)[: PAGE + 1])
    total = found[0] if found else _counted(User.objects.filter(pk=user.pk), user).get()
    more = f"{found[PAGE - 1].due_at.isoformat()}_{found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return Cards(_told(found[:PAGE], now), more, total.n_mine, total.n_team)


def card(user, pk, *, now):
    """One offer as a card, or None when it is no longer there for this person."""
    scopes = ["mine", "team"]
    found = [one for scope in scopes for one in _with_facts(offers(user, scope).filter(pk=pk))]
    return next(iter(_told(found[:1], now)), None)


def counts(user):
    """The cards' totals alone."""
    facts = _counted(User.objects.filter(pk=user.pk), user).get()
    return Cards([], "", facts.n_mine, facts.n_team)


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


def agenda(user, now):
    """Discovery calls, retries and next steps that are due by the end of today."""
    tomorrow = today(now) + timedelta(days=1)
    leads = Lead.objects.filter(owner=user, stage__in=[SAL, SQL], due_at__lt=tomorrow)
    return list(leads.select_related("company").order_by("due_at", "pk")[:AGENDA])


def _with_facts(leads):
    """All that a card tells, in the one query that finds it."""
    return leads.select_related("company", "owner", "team").annotate(
        pending=FilteredRelation("handoffs", condition=Q(handoffs__state="pending")),
        handoff_id=F("pending__pk"),
        offered_at=F("pending__created_at"),
        seen_at=F("pending__seen_at"),
        why_me=F("pending__why"),
        cycle=FilteredRelation("cycles", condition=Q(cycles__outcome="open")),
        origin=F("cycle__origin"),
        cycle_number=F("cycle__number"),
        did=Subquery(_last_activity()),
        heard=Subquery(_last_time()),
        in_force=IN_FORCE,
    )


def _counted(rows, user):
    counts = {f"n_{scope}": CountOf(offers(user, scope), MOST) for scope in ("mine", "team")}
    return rows.annotate(**counts)


def _last_activity():
    mine = Activity.objects.filter(lead=OuterRef("pk"), actor_class="human")
    said = JSONObject(kind="kind", subject="subject", at="happened_at")
    return mine.order_by("-happened_at", "-pk").values(said=said)[:1]


def _last_time():
    """What the one who gave it back said, in an earlier cycle."""
    back = LeadEvent.objects.filter(
        lead=OuterRef("pk"), name__in=["reject", "recycle"], target=NURTURE, undone_by=None
    )
    said = JSONObject(
        note="note",
        at="happened_at",
        actor=F("actor"),
        first="actor__first_name",
        last="actor__last_name",
        until="details__until",
        dated="details__dated",
    )
    return back.order_by("-pk").values(said=said)[:1]


def _told(leads, now):
    """Facts as a person would say them."""
    rules = definition(leads[0].in_force) if leads else None
    why = words.why(leads, rules and rules.rulebook)
    for lead in leads:
        lead.why = why.get(lead.pk, "")
        lead.said = _sentence(lead, now)
        if lead.origin != Cycle.Origin.RECYCLED:
            lead.heard = None
        if lead.heard:
            lead.heard["at"] = datetime.fromisoformat(lead.heard["at"])
            lead.heard["name"] = f"{lead.heard['first']} {lead.heard['last']}".strip()
    return leads


def _sentence(lead, now):
    """ "Asked for a demo 49 min ago; interested in Metering Hub." """
    if lead.did:
        at = datetime.fromisoformat(lead.did["at"])
        what = did(lead.did["kind"], lead.did["subject"])
    else:
        at, what = lead.created_at, _("Came by %(source)s") % {"source": lead.source or _("hand")}
    words = {"what": what, "ago": ago(now - at), "interest": lead.interest}
    if lead.interest:
        return _("%(what)s %(ago)s; interested in %(interest)s.") % words
    return _("%(what)s %(ago)s.") % words


def _after(leads, place):
    try:
        due_at, pk = place.split("_")
        due_at, pk = datetime.fromisoformat(due_at), int(pk)
    except ValueError:
        return leads
    return leads.filter(Q(due_at__gt=due_at) | Q(pk__gt=pk), due_at__gte=due_at)
