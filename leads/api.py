"""Read leads and their cycles."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router

from accounts.api import Scope, endpoint
from leads.api_reading import (
    CyclePage,
    LeadPage,
    LeadTold,
    as_of,
    changed_since,
    leads,
    tell,
    tell_cycle,
    with_all,
)
from leads.api_words import LAST_ID, ListAsked, Moment, page, up_to
from leads.lifecycle import Stage
from leads.models import Cycle

router = Router(tags=["Leads"])


class LeadsAsked(ListAsked):
    stage: Stage | None = None
    email: str = up_to(254)
    changed_since: Moment | None = None


class CyclesAsked(ListAsked):
    outcome: Cycle.Outcome | None = None
    since: Moment | None = None


@router.get("/leads", summary="List leads", **endpoint(Scope.READ_LEADS, LeadPage))
def list_leads(request, asked: Query[LeadsAsked]):
    """By ascending id. For a sync, keep `as_of` of the first page and send it as `changed_since`
    the next time: born, moved, scored, or another value of a field, an attribute or the company.
    A lead that was merged stays in the list and says into which."""
    rows = leads(request.key)
    if asked.stage:
        rows = rows.filter(stage=asked.stage)
    if asked.email:
        rows = rows.filter(email__iexact=asked.email)
    if asked.changed_since:
        rows = rows.filter(changed_since(asked.changed_since))
    moment = as_of(timezone.now())
    return page(request, asked, with_all(rows), tell, as_of=moment)


@router.get(
    "/leads/{int:lead_id}", summary="Read a lead", **endpoint(Scope.READ_LEADS, LeadTold, 404)
)
def read_lead(request, lead_id: int):
    return tell(get_object_or_404(with_all(leads(request.key)), pk=min(lead_id, LAST_ID)))


@router.get("/cycles", summary="List cycles", **endpoint(Scope.READ_LEADS, CyclePage))
def list_cycles(request, asked: Query[CyclesAsked]):
    """One pass of a lead from MQL to its outcome each, by ascending id. `since`: opened, accepted,
    qualified or closed since then."""
    rows = Cycle.objects.select_related("accepted_by")
    if request.key.acts_as:
        rows = rows.filter(lead__in=leads(request.key))
    if asked.outcome:
        rows = rows.filter(outcome=asked.outcome)
    if asked.since:
        rows = rows.filter(_passed_since(asked.since))
    return page(request, asked, rows, tell_cycle)


def _passed_since(moment):
    return (
        Q(opened_at__gte=moment)
        | Q(handed_off_at__gte=moment)
        | Q(accepted_at__gte=moment)
        | Q(qualified_at__gte=moment)
        | Q(closed_at__gte=moment)
    )
