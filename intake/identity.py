"""Whose row is it? By email address (in any case of letters) or external ID, in file order; by a
telephone number when the row has neither. The rules are those of leads/matching.py.

A key that a row has named belongs to that row's person for the rest of the file, so a second
import of the same file finds the same people.
"""

from dataclasses import dataclass

from django.db import connection

from intake.cells import Rejected

ANYBODYS = "Several people have this number; a name would tell whose it is."


def assign_people(job, rows):
    """Set `person` of each row. Returns [(row, Rejected)] for rows that name two people; they stay
    without a person."""
    emails = _known(job, _BY_EMAIL, {row.email.lower() for row in rows if row.email})
    ids = _known(
        job,
        _BY_SYSTEMS_ID if job.system else _BY_ID,
        {row.external_id for row in rows if row.external_id},
    )
    numbers = _Numbers(job, rows)
    refused = []
    for row in rows:
        by_email, by_id = emails.get(row.email.lower()), ids.get(row.external_id)
        if by_email and by_id and by_email != by_id:
            refused.append((row, Rejected(_words(by_email, by_id))))
            continue
        by_number = by_email or by_id or numbers.person_of(row)
        if by_number is None and numbers.is_anybodys(row):
            refused.append((row, Rejected(ANYBODYS)))
            continue
        row.person = by_number or row.n
        numbers.remember(row)
        if row.email:
            emails[row.email.lower()] = row.person
        if row.external_id:
            ids[row.external_id] = row.person
    return refused


@dataclass
class _Owner:
    name: str  # in small letters
    alone: bool  # known by number alone: the database holds number and name together once


class _Numbers:
    """Who has the numbers by which some of the rows are to be known: {number: {person: _Owner}}."""

    def __init__(self, job, rows):
        self.system = job.system
        keys = {row.phone for row in rows if row.phone and self._is_alone(row)}
        self.owners: dict[str, dict[int, _Owner]] = {key: {} for key in keys}
        if keys:
            params = {"job": job.pk, "keys": sorted(keys), "system": job.system}
            for key, person, name, alone, _order in _asked(_BY_PHONE, params):
                self._learn(key, person, name, alone)

    def person_of(self, row):
        """A namesake who is known by this number alone, or its one owner unless the names say that
        two people share it; else None."""
        owners = self.owners.get(row.phone, {})
        if not self._is_alone(row):
            return None
        namesakes = [p for p, one in owners.items() if one.alone and one.name == row.name]
        if namesakes or len(owners) != 1 or row.external_id:
            return namesakes[0] if namesakes else None
        ((person, one),) = owners.items()
        return person if not row.name or one.name in ("", row.name) else None

    def is_anybodys(self, row):
        """Other doors would take in one more; a file can come again with a name."""
        is_bare = not (row.email or row.external_id or row.name)
        return is_bare and len(self.owners.get(row.phone, {})) > 1

    def remember(self, row):
        if row.phone in self.owners:
            self._learn(row.phone, row.person, row.name, self._is_alone(row))

    def _learn(self, key, person, name, alone):
        known = self.owners[key].get(person, _Owner("", True))
        self.owners[key][person] = _Owner(name or known.name, known.alone and alone)

    def _is_alone(self, row):
        """An id of a system does not stand in the lead itself."""
        return not row.email and bool(self.system or not row.external_id)


def _known(job, sql, keys):
    """{key: person}"""
    params = {"job": job.pk, "keys": sorted(keys), "system": job.system}
    return dict(_asked(sql, params)) if keys else {}


def _asked(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _words(by_email, by_id):
    return (
        f"The email address belongs to {_name(by_email)}, the external ID to {_name(by_id)}:"
        " two different people."
    )


def _name(person):
    return f"lead {-person}" if person < 0 else f"row {person} of this file"


_STAGED = """
    UNION ALL
    SELECT DISTINCT k.key, s.person FROM unnest(%(keys)s::text[]) k(key)
    JOIN intake_stagedrow s ON s.job_id = %(job)s AND
"""
_BY_EMAIL = f"""
    SELECT k.key, -coalesce(l.merged_into_id, l.id) FROM unnest(%(keys)s::text[]) k(key)
    JOIN leads_lead l ON lower(l.email) = lower(k.key) AND l.email <> ''
    {_STAGED} lower(s.email) = lower(k.key)
"""  # noqa: S608
_BY_ID = f"""
    SELECT k.key, -coalesce(l.merged_into_id, l.id) FROM unnest(%(keys)s::text[]) k(key)
    JOIN leads_lead l ON l.external_id = k.key AND l.external_id <> ''
    {_STAGED} s.external_id = k.key
"""  # noqa: S608
_BY_SYSTEMS_ID = f"""
    SELECT k.key, -coalesce(l.merged_into_id, l.id) FROM unnest(%(keys)s::text[]) k(key)
    JOIN leads_externalid x ON x.system = %(system)s AND x.value = k.key
    JOIN leads_lead l ON l.id = x.lead_id
    {_STAGED} s.external_id = k.key
"""  # noqa: S608
# A merged lead's number is one of its winner's. What the file says of a person comes after.
_BY_PHONE = """
    SELECT k.key, -w.id, btrim(lower(w.first_name || ' ' || w.last_name)),
        w.email = '' AND w.external_id = '', 0
    FROM unnest(%(keys)s::text[]) k(key)
    JOIN leads_lead l ON l.phone <> '' AND leads_phone_key(l.phone) = k.key
    JOIN leads_lead w ON w.id = coalesce(l.merged_into_id, l.id)
    UNION ALL
    SELECT k.key, s.person, COALESCE((
        array_agg(n.name ORDER BY s.n DESC) FILTER (WHERE n.name <> ''))[1], ''),
        bool_and(s.email = '' AND (%(system)s <> '' OR s.external_id = '')), 1
    FROM unnest(%(keys)s::text[]) k(key)
    JOIN intake_stagedrow s ON s.job_id = %(job)s AND s.phone = k.key AND s.phone <> ''
    CROSS JOIN LATERAL (SELECT btrim(lower(concat_ws(
        ' ', s.fields->>'first_name', s.fields->>'last_name'))) AS name) n
    GROUP BY 1, 2 ORDER BY 5
"""
