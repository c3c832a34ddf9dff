"""What an import did to our rows, written down as it is done: the log that intake/undoing.py reads.

Of a created row everything that it says is kept, of a changed one the changed columns, before and
after.
"""

from django.db import connection

from intake.inserting import execute
from intake.models import ImportChange
from leads.models import Attribute, Company, ExternalId, Lead
from leads.models.change import COMPANY_FACTS, LEAD_FACTS

Subject = ImportChange.Subject
INSERT = "INSERT INTO intake_importchange (job_id, subject, subject_id, before, after, kept)"
# {subject: (its model, the columns that tell what it says)}
ROWS = {
    Subject.LEAD: (Lead, LEAD_FACTS),
    Subject.COMPANY: (Company, COMPANY_FACTS),
    Subject.IDENTITY: (ExternalId, ["lead_id", "system", "value"]),
    Subject.ATTRIBUTE: (Attribute, ["code", "kind"]),
}


def created(job, subject, ids):
    """Log the rows `ids` of a subject of ROWS, which this transaction has inserted."""
    model, _columns = ROWS[subject]
    table = connection.ops.quote_name(model._meta.db_table)
    more = _BESIDE.get(subject, "")
    execute(
        f"{INSERT} SELECT %s, %s, t.id, NULL, {said('t', subject)}{more}, ''"  # noqa: S608
        f" FROM {table} t WHERE t.id = ANY(%s) ORDER BY t.id",
        [job.pk, subject, list(ids)],
    )


def said(row, subject):
    """SQL: what a row (its alias) of a subject of ROWS says in the columns that are not blank, as a
    JSON object."""
    model, columns = ROWS[subject]
    kinds = {one.column: one.get_internal_type() for one in model._meta.concrete_fields}
    pairs = ", ".join(f"'{name}', {_unless_blank(row, name, kinds[name])}" for name in columns)
    return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"


def differing(columns, old, new):
    """(SQL of before, SQL of after): JSON objects of those columns that differ between the columns
    `old` and `new`, patterns such as "o_{}"."""
    return tuple(
        " || ".join(
            f"CASE WHEN {old.format(name)} IS DISTINCT FROM {new.format(name)}"
            f" THEN jsonb_build_object('{name}', {side.format(name)}) ELSE '{{}}' END"
            for name in columns
        )
        for side in (old, new)
    )


def _unless_blank(row, name, kind):
    if kind == "BooleanField":
        return f"NULLIF({row}.{name}, false)"
    is_text = kind in ("CharField", "EmailField", "TextField", "SlugField")
    return f"NULLIF({row}.{name}, '')" if is_text else f"{row}.{name}"


BESIDE = ("attributes", "identities", "owner_id")
# Beside a new lead: a digest tells whether its attributes change, a number whether somebody else
# brings an id of theirs. Beside a new company: whom the file names as its owner.
_BESIDE = {
    Subject.LEAD: """ || jsonb_build_object(
    'attributes', (SELECT md5(a.values::text) FROM leads_leadattributes a WHERE a.lead_id = t.id),
    'identities', (SELECT count(*) FROM leads_externalid x WHERE x.lead_id = t.id))""",
    Subject.COMPANY: " || jsonb_strip_nulls(jsonb_build_object('owner_id', t.owner_id))",
}
