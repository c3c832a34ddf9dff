"""Blocking keys: two leads are compared only when they share one, so nobody scans all pairs.

A key is the hash of its kind and text. They are kept beside the leads, because an index over each
expression would be written again with every score.
"""

from django.db import connection

from leads.duplicates.likeness import SHARED
from leads.free_mail import FREE_MAIL
from leads.models import DuplicateKey
from leads.searching import folded_sql

MOST = 40  # of a block that one lead is compared with: the newest; what is cut is told
LARGEST = 10
LAST_BIGINT = 2**63 - 1


def renew(lead_ids):
    """Write the keys of these leads anew; a merged lead has none."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leads_duplicatekey WHERE lead_id = ANY(%s)", [lead_ids])
        cursor.execute(_INSERT, [sorted(FREE_MAIL), lead_ids, sorted(SHARED)])


def candidates(lead_ids, *, only_older):
    """[(older id, younger id)] of leads that share a key with one of these. `only_older`: each with
    those before it, which finds every pair once when all leads are asked."""
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [only_older, LAST_BIGINT, lead_ids, MOST])
        return cursor.fetchall()


def cut():
    """What DuplicateSearch.cut tells: the blocks of which not all pairs were compared."""
    with connection.cursor() as cursor:
        cursor.execute(_CUT, [MOST + 1, LARGEST])
        rows = cursor.fetchall()
    largest = [[DuplicateKey.Kind(kind).label, n, lead] for kind, n, lead, _all in rows]
    return {"blocks": rows[0][3] if rows else 0, "largest": largest}


def _word(column):
    return f"trim({folded_sql(column)})"


# An address without dots and +tag, and the beginning of its domain: gmial.com is near gmail.com.
# Two of a surname and initial at a service of free mail are no news: there the whole name counts.
_INSERT = f"""
    INSERT INTO leads_duplicatekey (lead_id, kind, key)
    SELECT t.id, v.kind, hashtextextended(v.kind || ':' || v.text, 0)
    FROM (
        SELECT id, leads_phone_key(phone) AS phone, company_id,
            {_word("first_name")} AS first, nullif({_word("last_name")}, '') AS last,
            nullif({_word("city")}, '') AS city, lower(split_part(email, '@', 2)) AS domain,
            nullif(replace(split_part(split_part(lower(email), '@', 1), '+', 1), '.', ''), '')
                AS mailbox,
            lower(split_part(email, '@', 2)) = ANY(%s) AS free
        FROM leads_lead WHERE id = ANY(%s) AND merged_into_id IS NULL
    ) t CROSS JOIN LATERAL (VALUES
        (1, phone),
        (2, CASE WHEN mailbox <> ALL(%s) THEN mailbox || '@' || left(domain, 2) END),
        (3, last || ' ' || left(first, 1) || ' ' || company_id),
        (4, last || ' ' || CASE WHEN free THEN first ELSE left(first, 1) END
            || ' ' || nullif(domain, '')),
        (5, last || ' ' || nullif(first, '') || ' ' || city)
    ) v (kind, text) WHERE v.text IS NOT NULL
"""  # noqa: S608  (our own columns)
_CANDIDATES = """
    SELECT DISTINCT least(mine.lead_id, o.lead_id), greatest(mine.lead_id, o.lead_id)
    FROM (
        SELECT lead_id, key, CASE WHEN %s THEN lead_id ELSE %s END AS bound
        FROM leads_duplicatekey WHERE lead_id = ANY(%s)
    ) mine CROSS JOIN LATERAL (
        SELECT lead_id FROM leads_duplicatekey
        WHERE key = mine.key AND lead_id < mine.bound AND lead_id <> mine.lead_id
        ORDER BY lead_id DESC LIMIT %s
    ) o ORDER BY 1, 2
"""
_CUT = """
    SELECT kind, count(*), min(lead_id), count(*) OVER () FROM leads_duplicatekey
    GROUP BY kind, key HAVING count(*) > %s ORDER BY 2 DESC, 3 LIMIT %s
"""
