"""Customers, lost and disqualified leads who raise their hand again come back into review."""

from django.db.models import Exists, OuterRef

from accounts.models import User
from handoff.models import QualifyingPath
from handoff.routing_targets import ACCOUNT_OWNER
from leads.lifecycle import CUSTOMER, Hold
from leads.models import Activity, Company
from leads.perform import perform_many, sources


def reengage(agreement, judged, *, now):
    """`judged`: leads annotated by qualifying.judged. A customer goes on to the account's owner."""
    paths = agreement.paths.filter(kind=QualifyingPath.Kind.HAND_RAISE).values("name")
    again = Activity.objects.filter(
        lead=OuterRef("pk"), recorded_at__gt=OuterRef("stage_at"), actor_class="human"
    )
    raised = judged.filter(
        Exists(again), stage__in=sources("reengage"), path__in=paths, veto=""
    ).exclude(hold=Hold.FOREVER)
    was = dict(raised.values_list("pk", "stage"))
    moved = perform_many(was, "reengage", by=None, now=now, origin="hand_raise").moved
    customers = [lead for lead in moved if was[lead.pk] == CUSTOMER]
    for owner, leads in _by_owner(customers).items():
        why = ACCOUNT_OWNER
        perform_many(leads, "hand_off", by=None, now=now, to_user=owner, why=why)
    return moved


def _by_owner(leads):
    companies = Company.objects.filter(pk__in=[lead.company_id for lead in leads])
    owners = dict(companies.filter(owner__is_active=True).values_list("pk", "owner"))
    people = User.objects.select_related("team").in_bulk(set(owners.values()))
    found = {}
    for lead in leads:
        if owner := people.get(owners.get(lead.company_id)):
            found.setdefault(owner, []).append(lead)
    return found
