"""What a file brought: an import never hands off by itself."""

from django.db.models import Max, Q

from leads.conditions import countable_q
from leads.models import Activity, FieldChange, Lead, LeadEvent

BROUGHT = Q(properties__has_key="import")  # activities that a file brought


def silent(lead_ids, *, as_of=None):
    """Ids of those that a file brought or changed, or whose company it did, or of whom it told an
    activity, and that did nothing since. `as_of`: by what was recorded by then."""
    known = Q(recorded_at__lte=as_of) if as_of else Q()
    born = LeadEvent.objects.filter(
        Q(happened_at__lte=as_of) if as_of else Q(),
        lead__in=lead_ids,
        name="captured",
        details__has_key="import",
    )
    changes = FieldChange.objects.filter(known, source__startswith="import ").order_by()
    own = changes.filter(subject__in=["lead", "attr"], subject_id__in=lead_ids)
    with_company = Lead.objects.filter(pk__in=lead_ids, company__isnull=False)
    companies = dict(with_company.values_list("pk", "company"))
    theirs = changes.filter(subject="company", subject_id__in=set(companies.values()))
    last = dict(theirs.values_list("subject_id").annotate(Max("recorded_at")))
    told = Activity.objects.filter(known, BROUGHT, lead__in=lead_ids).order_by()
    brought: dict = {}
    for pk, at in [
        *born.values_list("lead", "happened_at"),
        *own.values_list("subject_id", "recorded_at"),
        *((pk, last[company]) for pk, company in companies.items() if company in last),
        *told.values_list("lead").annotate(Max("recorded_at")),
    ]:
        brought[pk] = max(at, brought.get(pk, at))
    acts = Activity.objects.filter(countable_q(as_of), ~BROUGHT, lead__in=brought, by=None)
    acted = dict(acts.order_by().values_list("lead").annotate(Max("recorded_at")))
    return {pk for pk, at in brought.items() if pk not in acted or acted[pk] <= at}
