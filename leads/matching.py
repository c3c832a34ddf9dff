"""Whose is it? The one matcher: by email address, by external id, by telephone number.

A key of a lead that was merged leads to the one it became part of. A number only tells who it is
when one lead alone has it, or a namesake who is known by number alone: the database holds both
together once.
"""

from dataclasses import dataclass, field

from django.db import connection

from leads.phones import phone_key


@dataclass
class Found:
    """Lead ids by key: addresses in lower case, external ids as they are, numbers as E.164."""

    emails: dict[str, int] = field(default_factory=dict)
    external_ids: dict[str, int] = field(default_factory=dict)
    phones: dict[str, int] = field(default_factory=dict)
    namesakes: dict[tuple, int] = field(default_factory=dict)  # by namesake_key


def namesake_key(phone, fields):
    """`phone` as a key; `fields` of a lead."""
    return phone, fields.get("last_name", "").lower(), fields.get("first_name", "").lower()


def find(*, emails=(), external_ids=(), system="", phones=()):
    """The leads of these keys. `system`: whose external ids they are; "": nobody's in particular.

    `phones`: numbers in any way of writing; those without a country code find nobody.
    """
    by_id = _BY_SYSTEMS_ID if system else _BY_ID
    phones = sorted({one for one in phones if one})
    return Found(
        _asked(_BY_EMAIL, [sorted({one.lower() for one in emails if one})]),
        _asked(by_id, [sorted({one for one in external_ids if one}), *([system] * bool(system))]),
        _asked(_BY_PHONE, [phones]),
        _asked(_NAMESAKES, [phones]),
    )


def named_by(people, system=""):
    """[ids of the leads that the keys of each of these people name]: none, one, or two when they
    belong to two. A number counts for who has no other key."""
    alone = [not (one.email or one.external_id) for one in people]
    found = find(
        emails=[one.email for one in people],
        external_ids=[one.external_id for one in people],
        system=system,
        phones=[one.phone for one, is_alone in zip(people, alone, strict=True) if is_alone],
    )
    named = []
    for one, is_alone in zip(people, alone, strict=True):
        ids = {found.emails.get(one.email.lower()), found.external_ids.get(one.external_id)}
        if is_alone:
            ids.add(found.phones.get(phone_key(one.phone)))
        named.append(ids - {None})
    return named


def standing(ids):
    """{id: the id of the lead that it is now}, of those that there are."""
    return _asked(_STANDING, [sorted(set(ids))])


def _asked(sql, params):
    if not params[0]:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {tuple(key) if isinstance(key, list) else key: pk for key, pk in cursor.fetchall()}


_BY_EMAIL = """
    SELECT lower(email), coalesce(merged_into_id, id) FROM leads_lead
    WHERE email <> '' AND lower(email) = ANY(%s)
"""
_BY_ID = """
    SELECT external_id, coalesce(merged_into_id, id) FROM leads_lead
    WHERE external_id <> '' AND external_id = ANY(%s)
"""
_BY_SYSTEMS_ID = """
    SELECT x.value, coalesce(l.merged_into_id, l.id)
    FROM leads_externalid x JOIN leads_lead l ON l.id = x.lead_id
    WHERE x.value = ANY(%s) AND x.system = %s
"""
_BY_PHONE = """
    SELECT k.phone, min(coalesce(l.merged_into_id, l.id))
    FROM (SELECT DISTINCT leads_phone_key(p) AS phone FROM unnest(%s::text[]) p) k
    JOIN leads_lead l ON l.phone <> '' AND leads_phone_key(l.phone) = k.phone
    GROUP BY 1 HAVING count(DISTINCT coalesce(l.merged_into_id, l.id)) = 1
"""
_STANDING = "SELECT id, coalesce(merged_into_id, id) FROM leads_lead WHERE id = ANY(%s)"
_NAMESAKES = """
    SELECT ARRAY[k.phone, lower(l.last_name), lower(l.first_name)], l.id
    FROM (SELECT DISTINCT leads_phone_key(p) AS phone FROM unnest(%s::text[]) p) k
    JOIN leads_lead l ON l.phone <> '' AND leads_phone_key(l.phone) = k.phone
    WHERE l.email = '' AND l.external_id = '' AND l.merged_into_id IS NULL
"""
