"""Leads that may be the same person: the same phone, or the same name at one company or domain."""

from django.db.models import F, Func, JSONField
from django.utils.translation import gettext_lazy as _

from leads.lifecycle import Stage
from leads.searching import folded_sql

MOST = 4


class Alike(Func):
    """Over leads: a list of at most MOST others as {id, name, email, stage, why}.

    Each way to find them goes by an index, that of words where phone and email have none.
    """

    output_field = JSONField()

    def __init__(self):
        super().__init__(*[F(name) for name in _COLUMNS])

    def as_sql(self, compiler, connection, *_args, **_options):
        columns = [compiler.compile(one)[0] for one in self.get_source_expressions()]
        own = dict(zip(_COLUMNS, columns, strict=True))
        domain = f"split_part({own['email']}, '@', 2)"
        own["domain"], own["phone_words"] = domain, folded_sql(own["phone"])
        own["apart"] = _APART.format(pk=own["pk"])
        own["name_words"] = folded_sql(f"({own['last_name']} || ' ' || {domain})")
        return _ALIKE.format(most=MOST, **own), []


def told(found):
    """The same with what a page says of each."""
    for one in found:
        one["name"] = one["name"] or one["email"] or str(_("Lead without a name"))
        one["label"] = Stage(one["stage"]).label
        one["why"] = WHY[one["why"]]
    return found


WHY = {1: _("same phone"), 2: _("same name and company"), 3: _("same name and domain")}
_COLUMNS = ["pk", "phone", "first_name", "last_name", "company_id", "email"]
# Neither merged already, nor said to be somebody else.
_APART = """merged_into_id IS NULL AND NOT EXISTS (
    SELECT FROM leads_duplicatepair WHERE state = 'dismissed'
        AND one_id = least(other.id, {pk}) AND other_id = greatest(other.id, {pk})
)"""
# Bare names are the other lead's. Two of a name at a service of free mail are no news, so a domain
# asks for the initial, too.
_ALIKE = """(
    SELECT COALESCE(jsonb_agg(one), '[]') FROM (
        SELECT DISTINCT ON (id) * FROM (
            (SELECT id, trim(first_name || ' ' || last_name) AS name, email, stage, 1 AS why
            FROM leads_lead other WHERE {apart} AND {phone} <> '' AND phone = {phone} AND id <> {pk}
                AND search @@ plainto_tsquery('simple', {phone_words}) LIMIT {most})
            UNION ALL
            (SELECT id, trim(first_name || ' ' || last_name), email, stage, 2
            FROM leads_lead other WHERE {apart} AND company_id = {company_id} AND id <> {pk}
                AND {last_name} <> '' AND lower(last_name) = lower({last_name}) LIMIT {most})
            UNION ALL
            (SELECT id, trim(first_name || ' ' || last_name), email, stage, 3
            FROM leads_lead other WHERE {apart} AND {domain} <> '' AND id <> {pk}
                AND {last_name} <> '' AND lower(last_name) = lower({last_name})
                AND lower(left(first_name, 1)) = lower(left({first_name}, 1))
                AND lower(split_part(email, '@', 2)) = lower({domain})
                AND search @@ plainto_tsquery('simple', {name_words}) LIMIT {most})
        ) found ORDER BY id, why LIMIT {most}
    ) one
)"""
