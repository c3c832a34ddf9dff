"""Visitors: what comes from their browsers, who they turn out to be, and when they are forgotten.

A visit of nobody in particular is kept as a Visit. Of somebody who is known it is an activity.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from intake import beacons, visit_classes
from intake.links import lead_of
from intake.models import Visit, Visitor
from intake.visit_activities import tell
from leads import consents
from leads.changes import recording
from leads.models import Consent


@transaction.atomic
def receive(site, beacon, *, user_agent, address_hash, now):
    """Take in what a browser sent from a page of `site`. The same beacon twice changes nothing."""
    visitor = _current(beacon.visitor)
    if beacon.withdraws:
        _withdraw(visitor, site, now)
        return
    visitor = visitor or _new(beacon.visitor, site, now)
    if visitor.site_id != site.pk or visitor.withdrawn_at:
        return
    if beacon.link and (lead := lead_of(beacon.link)):
        visitor = _identify(visitor, lead, now, {"by": "link in an email"})
    visits = [
        Visit(
            visitor=visitor,
            user_agent=user_agent,
            address_hash=address_hash,
            recorded_at=now,
            **vars(event),
        )
        for event in beacon.events
    ]
    _keep(visitor, visits, now)


@transaction.atomic
def identify(visitor_id, lead, *, now, proof):
    """It is known by now that this lead sits before the browser which calls its visitor so.

    What was done there anonymously becomes activities of the lead, and so does what comes. When
    another lead sat there before, only what comes is this lead's. `proof`: how it is known, for the
    ledger of consents. An id that nobody has, or that is none, changes nothing.
    """
    try:
        visitor = _current(beacons.key(visitor_id and str(visitor_id)))
    except beacons.Malformed:
        return
    if visitor and not visitor.withdrawn_at:
        _identify(visitor, lead, now, proof)


def forget_old(now):
    """Drop what nobody was found to have done within settings.VISIT_DAYS."""
    before = now - timedelta(days=settings.VISIT_DAYS)
    Visit.objects.filter(recorded_at__lt=before).delete()
    Visitor.objects.filter(lead=None, seen_at__lt=before).delete()


def _current(key):
    """The visitor of this key, locked: nothing of one is written by two at once."""
    rows = Visitor.objects.select_for_update(no_key=True, of=["self"])
    rows = rows.select_related("site", "lead")
    visitor = rows.filter(key=key, ended_at=None).first()
    if visitor and visitor.lead and visitor.lead.merged_into_id:
        visitor.lead_id = visitor.lead.merged_into_id
        visitor.save(update_fields=["lead"])
    return visitor


def _new(key, site, now):
    new = Visitor(key=key, site=site, consented_at=now, seen_at=now)
    Visitor.objects.bulk_create([new], ignore_conflicts=True)  # another beacon may be as new
    return _current(key)


def _keep(visitor, visits, now):
    visitor.seen_at = now
    visitor.save(update_fields=["seen_at"])
    if visitor.lead_id is None:
        _keep_anonymous(visitor, visits)
    elif _may_track(visitor.lead_id):
        tell(visitor, visits, now=now)


def _keep_anonymous(visitor, visits):
    fresh = {visit.external_id: visit for visit in visits}
    known = visitor.visits.filter(external_id__in=list(fresh))
    for external_id in known.values_list("external_id", flat=True):
        del fresh[external_id]
    if fresh:
        told = visit_classes.classify(visitor, list(fresh.values()))
        Visit.objects.bulk_update(told, ["actor_class", "classified_by", "evidence"])
        Visit.objects.bulk_create(fresh.values())


def _identify(visitor, lead, now, proof):
    """The visitor whose lead this is from now on."""
    lead_id = lead.merged_into_id or lead.pk
    if visitor.lead_id == lead_id:
        return visitor
    if visitor.lead_id:
        visitor = _begin_anew(visitor, now)
    visitor.lead_id, visitor.identified_at = lead_id, now
    visitor.save(update_fields=["lead", "identified_at"])
    _enter(visitor, True, visitor.consented_at, now, proof)
    if _may_track(lead_id):
        tell(visitor, list(visitor.visits.order_by("happened_at", "pk")), now=now)
    visitor.visits.all().delete()
    return visitor


def _begin_anew(visitor, now):
    """Somebody else sits there: what was theirs stays theirs."""
    visitor.ended_at = now
    visitor.save(update_fields=["ended_at"])
    return Visitor.objects.create(
        key=visitor.key, site=visitor.site, consented_at=visitor.consented_at, seen_at=now
    )


def _withdraw(visitor, site, now):
    if visitor is None or visitor.site_id != site.pk or visitor.withdrawn_at:
        return
    if visitor.lead_id is None:
        visitor.delete()
        return
    visitor.withdrawn_at = now
    visitor.save(update_fields=["withdrawn_at"])
    _enter(visitor, False, now, now, {"by": "page"})


def _enter(visitor, given, at, now, proof):
    """Into the ledger of consents."""
    entry = Consent(
        lead_id=visitor.lead_id,
        purpose=Consent.Purpose.TRACKING,
        given=given,
        proof={"site": visitor.site.origin, "visitor": str(visitor.key)} | proof,
        source=visitor.site.source,
        happened_at=at,
    )
    with recording(visitor.site.source[:80]):
        consents.record([entry], now=now)


def _may_track(lead_id):
    """Not after the person withdrew it, at whichever door."""
    entries = Consent.objects.filter(lead=lead_id, purpose=Consent.Purpose.TRACKING)
    newest = entries.order_by("-happened_at", "-pk").values_list("given", flat=True).first()
    return newest is not False
