"""Visits of somebody who is known: activities of the lead, and the campaigns that it met."""

from urllib.parse import urlsplit

from intake.models import SiteEvent
from leads import activities, campaigns
from leads.models import Activity, Campaign, Touch

Kind = Activity.Kind
# What pages may say by the event's own name; anything else is listed with the site.
PLAIN = {one.value: one for one in (Kind.PAGE_VIEW, Kind.DOWNLOAD, Kind.WEBINAR, Kind.EVENT)}


def tell(visitor, visits, *, now):
    """Record these visits, oldest first, as the lead's. Those that were told before are left out,
    and so are events that no activity is known for. First and last touch come with them."""
    kinds = PLAIN | dict(SiteEvent.objects.filter(site=visitor.site).values_list("name", "kind"))
    told = {_external_id(visitor, one): one for one in visits if one.name in kinds}
    known = Activity.objects.filter(source=visitor.site.source, external_id__in=list(told))
    for external_id in known.values_list("external_id", flat=True):
        del told[external_id]
    if not told:
        return
    activities.record(
        [
            _activity(visitor, one, kinds[one.name], external_id, now)
            for external_id, one in told.items()
        ]
    )
    _touch(visitor, list(told.values()), now)


def _external_id(visitor, visit):
    return f"{visitor.key}:{visit.external_id}"


def _activity(visitor, visit, kind, external_id, now):
    said = {"path": visit.path, "title": visit.title, "user_agent": visit.user_agent}
    return Activity(
        lead_id=visitor.lead_id,
        kind=kind,
        happened_at=visit.happened_at,
        recorded_at=now,
        subject=_subject(visit, kind)[:200],
        properties=visit.said | {name: value for name, value in said.items() if value},
        actor_class=visit.actor_class,
        classified_by=visit.classified_by,
        evidence=visit.evidence,
        source=visitor.site.source,
        external_id=external_id,
    )


def _subject(visit, kind):
    """As the event says; else the page of a visit, and the name of what a page calls its own."""
    if said := visit.said.get("subject"):
        return str(said)
    return visit.path if visit.name in PLAIN else visit.name.replace("_", " ")


def _touch(visitor, visits, now):
    """The first and the last of them that came from somewhere."""
    from_somewhere = [one for one in visits if one.utm or one.referrer]
    if not from_somewhere:
        return
    first, last = from_somewhere[0], from_somewhere[-1]
    known = list(Campaign.objects.all())
    Touch.objects.bulk_create(
        _touch_of(visitor, one, known, now) for one in ([first] if first is last else [first, last])
    )


def _touch_of(visitor, visit, known, now):
    """A link without UTM values is a referral of the page that it stood on."""
    utm = visit.utm or {"source": urlsplit(visit.referrer).netloc, "medium": "referral"}
    return Touch(
        lead_id=visitor.lead_id,
        campaign=campaigns.choose(known, utm, on=visit.happened_at.date()),
        source=utm.get("source", "")[:100],
        medium=utm.get("medium", "")[:100],
        term=utm.get("term", ""),
        content=utm.get("content", ""),
        landing_page=visit.path,
        referrer=visit.referrer,
        happened_at=visit.happened_at,
        recorded_at=now,
    )
