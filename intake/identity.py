"""Whose row is it? By email address (in any case of letters) or external ID, in file order.

A key that a row has named belongs to that row's person for the rest of the file, so a second
import of the same file finds the same people.
"""

from django.db import connection

from intake.normalising import Rejected

_KNOWN = """
    SELECT k.key, -l.id FROM unnest(%(keys)s::text[]) k(key)
    JOIN leads_lead l ON {lead} = {key} AND l.{column} <> ''
    UNION ALL
    SELECT DISTINCT k.key, s.person FROM unnest(%(keys)s::text[]) k(key)
    JOIN intake_stagedrow s ON s.job_id = %(job)s AND {staged} = {key}
"""
_BY_EMAIL = _KNOWN.format(
    column="email", lead="lower(l.email)", staged="lower(s.email)", key="lower(k.key)"
)
_BY_EXTERNAL_ID = _KNOWN.format(
    column="external_id", lead="l.external_id", staged="s.external_id", key="k.key"
)


def assign_people(job_id, rows):
    """Set `person` of each row. Returns [(row, Rejected)] for rows that name two people."""
    emails = _known(_BY_EMAIL, job_id, {row.email.lower() for row in rows if row.email})
    ids = _known(_BY_EXTERNAL_ID, job_id, {row.external_id for row in rows if row.external_id})
    refused = []
    for row in rows:
        by_email, by_id = emails.get(row.email.lower()), ids.get(row.external_id)
        if by_email and by_id and by_email != by_id:
            refused.append((row, Rejected(_words(row, by_email, by_id))))
            continue
        row.person = by_email or by_id or row.n
        if row.email:
            emails[row.email.lower()] = row.person
        if row.external_id:
            ids[row.external_id] = row.person
    return refused


def _known(sql, job_id, keys):
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, {"keys": sorted(keys), "job": job_id})
        return dict(cursor.fetchall())


def _words(row, by_email, by_id):
    return (
        f"The email address belongs to {_name(by_email)}, the external ID to {_name(by_id)}:"
        " two different people."
    )


def _name(person):
    return f"lead {-person}" if person < 0 else f"row {person} of this file"
