"""To forget a person for ever (docs/privacy.md): their words go, what is counted stays.

Who asks for it is buried (tombstones): no door takes them in again unseen. Who is only not kept any
longer (leads/keeping.py) is not, and may come back as somebody new.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from leads import deliver, scrubbing, tombstones
from leads.changes import recording
from leads.models import ExternalId, FieldChange, Lead
from leads.noting import note_events
from leads.perform import perform_many, sources
from leads.phones import PhoneKey

REASON = "do_not_contact"


@dataclass
class Erasure:
    """What other apps are told (LEAD_PIPELINE["erased"]): whose rows go, and the (kind, value) keys
    by which rows are found that point to no lead."""

    lead_ids: list[int]
    now: datetime
    keys: list = field(default_factory=list)


@transaction.atomic
def erase(lead_ids, *, by, now, asked=True):
    """Erase these people, and every lead that was merged with theirs. Returns the ids.

    `asked`: the person did; else it is only too long ago. Whoever is erased already is left alone.
    """
    ids = persons(lead_ids)
    leads = [lead for lead in Lead.objects.raw(_LOCKED, [ids]) if not lead.erased_at]
    ids = [lead.pk for lead in leads]
    if not ids:
        return []
    keys = keys_of(leads)
    if asked:
        _close(leads, now)
        tombstones.bury(_telling(keys, ids), now=now)
    with recording("erased", now):
        _empty(ids, now)
        _told(Erasure(ids, now, keys))
        scrubbing.scrub(ids)
    note_events([(lead, {}) for lead in leads], "erased", by=by, now=now)
    deliver.follow("changed", ids)
    return ids


@transaction.atomic
def erase_address(*, email="", phone="", now):
    """The same for a person of whom there is no lead: what else names the address goes, and it is
    not taken in again."""
    keys = tombstones.keys_of(email, phone)
    tombstones.bury(_telling(keys, []), now=now)
    _told(Erasure([], now, keys))


def persons(lead_ids):
    """The ids of these leads with all that were merged with them, however often."""
    known = set(lead_ids)
    while True:
        near = Lead.objects.filter(merged_into__in=known).values_list("pk", flat=True)
        into = Lead.objects.filter(pk__in=known).values_list("merged_into", flat=True)
        further = {*near, *into} - known - {None}
        if not further:
            return sorted(known)
        known |= further


def keys_of(leads):
    """Every (kind, value) by which these people are or were known."""
    ids = [lead.pk for lead in leads]
    changes = FieldChange.objects.filter(subject="lead", subject_id__in=ids)
    was = {name: set() for name in ("email", "phone", "external_id")}
    for name, old, new in changes.filter(field__in=was).values_list("field", "old", "new"):
        was[name] |= {one for one in (old, new) if one and isinstance(one, str)}
    for lead in leads:
        for name in was:
            was[name].add(getattr(lead, name))
    keys = [key for email in was["email"] for key in tombstones.keys_of(email=email)]
    keys += [key for phone in was["phone"] for key in tombstones.keys_of(phone=phone)]
    keys += [key for one in was["external_id"] for key in tombstones.keys_of(external_id=one)]
    for row in ExternalId.objects.filter(lead__in=ids):
        keys += tombstones.keys_of(system=row.system, external_id=row.value)
    return sorted(set(keys))


def numbers_of(keys, ids):
    """The telephone numbers among the keys that no lead has but these."""
    numbers = {value for kind, value in keys if kind == tombstones.Kind.PHONE}
    if not numbers:
        return numbers
    others = Lead.objects.exclude(pk__in=ids).exclude(phone="").annotate(key=PhoneKey("phone"))
    return numbers - set(others.filter(key__in=numbers).values_list("key", flat=True))


def _close(leads, now):
    """Out of every queue, for the reason that says why; a closed stage stays what it is."""
    for name in ("disqualify", "lose"):
        mine = [lead for lead in leads if not lead.merged_into_id]  # a merged one is closed
        going = [lead.pk for lead in mine if lead.stage in sources(name)]
        outcome = perform_many(going, name, by=None, now=now, reason=REASON) if going else None
        for refusal in outcome.refused.values() if outcome else []:
            raise refusal


def _telling(keys, ids):
    """Without the telephone numbers that somebody else has, too: a switchboard is nobody."""
    own = numbers_of(keys, ids)
    return [(kind, value) for kind, value in keys if kind != tombstones.Kind.PHONE or value in own]


def _empty(ids, now):
    """What is no text. The triggers write what was into the history, which is scrubbed after."""
    Lead.objects.filter(pk__in=ids).update(
        company=None,
        referred_by=None,
        on_target_list=False,
        do_not_contact=True,
        erased_at=now,
    )


def _told(erasure):
    for path in settings.LEAD_PIPELINE["erased"]["effects"]:
        import_string(path)(erasure)


_LOCKED = "SELECT * FROM leads_lead WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
