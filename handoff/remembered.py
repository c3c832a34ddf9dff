"""What the past of a lead (leads/history.py) leaves here: the opportunities that it tells of.

No Handoff is made up for it: service levels are judged by what happened under an agreement.
"""

from django.utils import timezone

from handoff import reasons, reviewing
from handoff.models import Opportunity
from leads import bulk, way

_GOING = [Opportunity.Status.POTENTIAL, Opportunity.Status.OPEN]
_STATUS = {
    "accept": Opportunity.Status.POTENTIAL,
    "qualify_sales": Opportunity.Status.OPEN,
    "win": Opportunity.Status.WON,
    "lose": Opportunity.Status.LOST,
}
_COLUMNS = [f.attname for f in Opportunity._meta.concrete_fields if not f.primary_key]


def remember(pasts):
    """Effect of history: each pass that came as far as sales has its opportunity."""
    ids = sorted({past.lead_id for past in pasts})
    going = {deal.lead_id: deal for deal in Opportunity.objects.filter(lead__in=ids)
             .filter(status__in=_GOING)}  # fmt: skip
    new, changed = [], {}
    for past in pasts:  # as they happened
        deal = going.pop(past.lead_id, None)
        for event in past.events:
            deal = _after(deal, past, event)
        if deal is None:
            continue
        if deal.pk is None:
            new.append(deal)
        else:
            changed[deal.pk] = deal
        if deal.status in _GOING:
            going[past.lead_id] = deal
    bulk.update(list(changed.values()), _COLUMNS)
    bulk.insert(new)
    reviewing.place(reasons.latest_agreement(), ids, now=timezone.now())


def forget(event_ids):
    """The events are taken back: their opportunities go, and those that they closed are open."""
    Opportunity.objects.filter(event__in=event_ids).delete()
    reopened = list(
        Opportunity.objects.filter(closed_event__in=event_ids).select_related("closed_event")
    )
    for deal in reopened:
        was_sql = deal.closed_event is not None and deal.closed_event.source == "sql"
        deal.status = Opportunity.Status.OPEN if was_sql else Opportunity.Status.POTENTIAL
        deal.closed_at, deal.closed_event, deal.reason = None, None, ""
    bulk.update(reopened, _COLUMNS)


def _after(deal, past, event):
    """The opportunity after one more event of its pass."""
    status = _STATUS.get(event.name)
    if deal is None and status is None:
        return None
    if deal is None:
        deal = Opportunity(lead_id=past.lead_id, event=event, created_at=event.happened_at)
    if status is None and event.name in way.ENDS.values():
        status = Opportunity.Status.LOST  # as when a rep gives it back
    deal.status = status or deal.status
    for name, value in past.deal.items():
        setattr(deal, name, value)
    deal.product = deal.product or past.lead.interest
    deal.external_id = past.key or deal.external_id
    if deal.status not in _GOING:
        deal.closed_at, deal.closed_event = event.happened_at, event
        deal.reason = event.reason
    return deal
