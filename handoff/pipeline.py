"""The pipeline: accepted and qualified leads with their next action, overdue first."""

from django.db.models import Count, F, FilteredRelation, Q, Value

from accounts.models import Team, User
from handoff import dates
from leads.lifecycle import SAL, SQL, owner_or_manager
from leads.models import Lead
from leads.refusals import Conflict
from leads.words import conflict_words, span

STAGES = (SAL, SQL)
MOST = 60  # people in the table of owners


def selling(user, *, owner=None, team=None, stage=""):
    """A rep's own SALs and SQLs; for a manager everybody's, or those of an owner, of a team."""
    leads = Lead.objects.filter(stage__in=[stage] if stage else STAGES)
    if not user.is_manager:
        return leads.filter(owner=user)
    chosen = {"owner": owner, "team": team}
    return leads.filter(**{name: pk for name, pk in chosen.items() if pk})


def with_deals(leads):
    """With the going deal of each lead: `product`, `amount`, `currency`."""
    going = Q(opportunities__status__in=["potential", "open"])
    return leads.select_related("company", "owner", "team").annotate(
        deal=FilteredRelation("opportunities", condition=going),
        product=F("deal__product"),
        amount=F("deal__amount"),
        currency=F("deal__currency"),
    )


def told(rows, now):
    """How long each is in its stage, and what comes next."""
    for lead in rows:
        lead.age = span(now - lead.stage_at)
    return rows


def by_owner(leads, now):
    """[{owner, first, last, sal, sql, overdue}], who has most overdue first."""
    rows = leads.order_by().values(
        "owner", first=F("owner__first_name"), last=F("owner__last_name")
    )
    return list(
        rows.annotate(
            sal=Count("pk", filter=Q(stage=SAL)),
            sql=Count("pk", filter=Q(stage=SQL)),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
        ).order_by("-overdue", "owner")[:MOST]
    )


def choices():
    """Whom a manager may choose: (sales teams, people who have or may have deals), in one query."""
    teams = Team.objects.filter(side="sales")
    people = User.objects.filter(Q(leads__stage__in=STAGES) | Q(team__side="sales", is_active=True))
    none = Value("")
    rows = teams.order_by().values("pk", kind=Value("team"), first=F("name"), last=none, mail=none)
    names = {"first": F("first_name"), "last": F("last_name"), "mail": F("email")}
    rows = rows.union(people.values("pk", kind=Value("person"), **names))
    found: dict[str, list] = {"team": [], "person": []}
    for one in rows.order_by("first", "last", "pk"):
        found[one["kind"]].append(one)
    return (
        [Team(pk=one["pk"], name=one["first"]) for one in found["team"]],
        [
            User(pk=o["pk"], first_name=o["first"], last_name=o["last"], email=o["mail"])
            for o in found["person"]
        ],
    )


def plan(lead, at, *, by, now):
    """Give a SAL or SQL another date for its next action. Raises a Refusal."""
    dates.check(at, now, field="due_at", question="When is the next step?")
    fresh = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)
    if fresh.stage not in STAGES or not owner_or_manager(fresh, by):
        raise Conflict(conflict_words([fresh], now)[fresh.pk])
    fresh.due_at = at
    fresh.save(update_fields=["due_at"])
    return fresh
