"""Customers, lost and disqualified leads who raise their hand again come back into review.

What a file told of them goes no further than that, and not even there when it happened before.
"""

from django.db.models import Exists, OuterRef

from handoff import imported
from handoff.models import QualifyingPath
from handoff.routing_targets import ACCOUNT_OWNER, account_owners
from leads.lifecycle import CUSTOMER, Hold
from leads.models import Activity, Company, Lead
from leads.perform import perform_many, sources


def reengage(agreement, found, *, now):
    """`found`: rows of qualifying.judge. A customer goes on to the account's owner who can take it;
    who else raised a hand by a path that hands off at once, to whom routing finds."""
    at_once = dict(
        agreement.paths.filter(kind=QualifyingPath.Kind.HAND_RAISE).values_list("name", "at_once")
    )
    out = sources("reengage")
    raised = {
        one.pk: (one.stage, one.path)
        for one in found
        if one.stage in out and one.path in at_once and not one.veto and one.hold != Hold.FOREVER
    }
    if not raised:
        return []
    was = {pk: raised[pk] for pk in _acted(raised)}
    moved = perform_many(was, "reengage", by=None, now=now, origin="hand_raise").moved
    silent = imported.silent([lead.pk for lead in moved])
    going = [lead for lead in moved if lead.pk not in silent]
    by_owner = _by_owner([lead for lead in going if was[lead.pk][0] == CUSTOMER], now)
    for owner, leads in by_owner.items():
        why = ACCOUNT_OWNER
        perform_many(leads, "hand_off", by=None, now=now, to_user=owner, why=why)
    owned = {lead.pk for leads in by_owner.values() for lead in leads}
    rest = [lead for lead in going if lead.pk not in owned and at_once[was[lead.pk][1]]]
    perform_many(rest, "hand_off", by=None, now=now)
    return moved


def _acted(lead_ids):
    """Those who did something since they went: a note or a call of ours raises no hand."""
    again = Activity.objects.filter(
        lead=OuterRef("pk"), recorded_at__gt=OuterRef("stage_at"), actor_class="human", by=None
    )
    again = again.exclude(imported.BROUGHT, happened_at__lte=OuterRef("stage_at"))
    leads = Lead.objects.filter(Exists(again), pk__in=lead_ids, stage__in=sources("reengage"))
    return leads.values_list("pk", flat=True)


def _by_owner(leads, now):
    companies = Company.objects.filter(pk__in=[lead.company_id for lead in leads])
    owners = dict(companies.values_list("pk", "owner"))
    people = account_owners(owners.values(), now)
    found = {}
    for lead in leads:
        if owner := people.get(owners.get(lead.company_id)):
            found.setdefault(owner, []).append(lead)
    return found
