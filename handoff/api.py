"""Read handoffs: what was offered to whom, until when, and what became of it."""

from datetime import datetime

from django.db.models import Q
from ninja import Query, Router
from pydantic import Field

from accounts.api import Scope, endpoint
from handoff.models import Handoff
from leads.api_reading import leads
from leads.api_words import ListAsked, Moment, Told, page

router = Router(tags=["Handoffs"])


class HandoffsAsked(ListAsked):
    state: Handoff.State | None = None
    since: Moment | None = None


class HandoffTold(Told):
    id: int
    lead: int
    agreement: int | None = Field(description="Version of the agreement.")
    to_user: str | None = Field(description="Email address of the rep.")
    to_team: str | None
    why: str
    state: Handoff.State
    kind: Handoff.Kind
    created_at: datetime
    due_at: datetime
    seen_at: datetime | None
    touched_at: datetime | None
    decided_at: datetime | None
    reason: str = Field(description="Code of the reason, if it was given back.")
    note: str


class HandoffPage(Told):
    items: list[HandoffTold]
    next: str | None = Field(description="`cursor` of the next page; null: this was the last.")


@router.get("/handoffs", summary="List handoffs", **endpoint(Scope.READ_HANDOFFS, HandoffPage))
def list_handoffs(request, asked: Query[HandoffsAsked]):
    """By ascending id. `since`: made, seen, touched or decided since then."""
    rows = Handoff.objects.select_related("agreement", "to_user", "to_team", "decided_event")
    if request.key.acts_as:
        rows = rows.filter(lead__in=leads(request.key))
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.since:
        rows = rows.filter(_happened_since(asked.since))
    return page(request, asked, rows, _tell)


def _happened_since(moment):
    return (
        Q(created_at__gte=moment)
        | Q(seen_at__gte=moment)
        | Q(touched_at__gte=moment)
        | Q(decided_at__gte=moment)
    )


def _tell(one):
    decided = one.decided_event
    return {
        **{name: getattr(one, name) for name in _OWN},
        "lead": one.lead_id,
        "agreement": one.agreement and one.agreement.version,
        "to_user": one.to_user and one.to_user.email,
        "to_team": one.to_team and one.to_team.name,
        "reason": decided.reason if decided else "",
        "note": decided.note if decided else "",
    }


_OWN = ["id", "why", "state", "kind", "created_at", "due_at", "seen_at", "touched_at", "decided_at"]
