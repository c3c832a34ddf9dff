"""The search for likely duplicates: all leads once a day, who came or changed within a minute.

Who is committed late, behind a lead with a higher number, is found by the daily search.
"""

import json

from django.db import connection, transaction

from leads.alone import alone
from leads.duplicates import keys
from leads.duplicates.likeness import LISTED, Facts, likeness
from leads.models import DuplicateSearch, Lead

BATCH = 5_000
LOCK = 0x2B1D  # the advisory lock of the search
FACTS = ["email", "phone", "first_name", "last_name", "city", "company_id"]


def search_all(now):
    """Look at every lead. Returns how many, or None while another process does it."""
    with alone(LOCK, 1) as mine:
        return _search(_every_lead(), now, only_older=True) if mine else None


def catch_up(now):
    """Look at who came or changed since the last look; at all when nobody ever looked."""
    with alone(LOCK, 1) as mine:
        if not mine:
            return None
        if state().all_at is None:
            return _search(_every_lead(), now, only_older=True)
        ids = _changed()
        return _search(ids, now, only_older=False) if ids else 0


def look(lead_ids, now, *, only_older=False):
    """Renew the keys and the open pairs of these leads, in one transaction. `only_older`: the pairs
    with leads before them, whose keys are known to be fresh."""
    ids = sorted(lead_ids)
    with transaction.atomic():
        keys.renew(ids)
        found = _likely(keys.candidates(ids, only_older=only_older))
        ones, others, likenesses, signs = zip(*found, strict=True) if found else ([],) * 4
        columns = [list(ones), list(others)]
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [ids, only_older, ids, *columns])
            cursor.execute(_STORE, [now, *columns, list(likenesses), list(map(json.dumps, signs))])


def state():
    return DuplicateSearch.objects.get_or_create(pk=1)[0]


def _search(ids, now, *, only_older):
    row, newest = state(), _newest()
    row.done, row.total = 0, len(ids)
    row.save()
    for start in range(0, len(ids), BATCH):
        look(ids[start : start + BATCH], now, only_older=only_older)
        row.done = min(start + BATCH, len(ids))
        row.save(update_fields=["done"])
    row.last_lead, row.last_change = newest
    row.total, row.found_at = 0, now
    if only_older:
        row.all_at, row.cut = now, keys.cut()
    row.save()
    return len(ids)


def _likely(pairs):
    """[(one, other, likeness, signs)] of those candidates that are to be listed."""
    leads = Lead.objects.select_related("company").only(*FACTS, "company__name")
    wanted = {pk for pair in pairs for pk in pair}
    facts = {pk: Facts.of(lead) for pk, lead in leads.in_bulk(wanted).items()}
    rated = ((one, other, *likeness(facts[one], facts[other])) for one, other in pairs)
    return [row for row in rated if row[2] >= LISTED]


def _every_lead():
    """In order: the pairs of each are those with leads before it."""
    return list(Lead.objects.order_by("pk").values_list("pk", flat=True))


def _changed():
    last = state()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [last.last_lead, last.last_change, FACTS])
        return sorted(pk for (pk,) in cursor.fetchall())


def _newest():
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        return cursor.fetchone()


_CHANGED = """
    SELECT id FROM leads_lead WHERE id > %s
    UNION SELECT subject_id FROM leads_fieldchange
    WHERE id > %s AND subject = 'lead' AND field = ANY(%s)
"""
_NEWEST = """
    SELECT (SELECT coalesce(max(id), 0) FROM leads_lead),
        (SELECT coalesce(max(id), 0) FROM leads_fieldchange)
"""
# What people said or decided stays.
_FORGET = """
    DELETE FROM leads_duplicatepair p
    WHERE state = 'open' AND NOT signs ? 'said'
        AND (other_id = ANY(%s) OR (NOT %s AND one_id = ANY(%s)))
        AND NOT EXISTS (
            SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS f (one, other)
            WHERE f.one = p.one_id AND f.other = p.other_id
        )
"""
_STORE = """
    INSERT INTO leads_duplicatepair AS p (one_id, other_id, likeness, signs, state, found_at)
    SELECT f.one, f.other, f.likeness, f.signs::jsonb, 'open', %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[])
        AS f (one, other, likeness, signs)
    ON CONFLICT (one_id, other_id) DO UPDATE
        SET likeness = EXCLUDED.likeness, signs = EXCLUDED.signs
        WHERE p.state = 'open' AND NOT p.signs ? 'said'
            AND (p.likeness, p.signs) IS DISTINCT FROM (EXCLUDED.likeness, EXCLUDED.signs)
"""
