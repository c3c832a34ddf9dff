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
    model, columns = ROWS[subject]
    table = connection.ops.quote_name(model._meta.db_table)
    execute(
        f"{INSERT} SELECT %s, %s, t.id, NULL, {said('t', columns)}, ''"  # noqa: S608
        f" FROM {table} t WHERE t.id = ANY(%s) ORDER BY t.id",
        [job.pk, subject, list(ids)],
    )


def leads_created(job):
    """Log the new leads of intake_batch; a digest tells whether their attributes change, a number
    whether somebody else brings an id of theirs."""
    execute(
        f"{INSERT} SELECT %s, 'lead', l.id, NULL, {said('l', LEAD_FACTS)}"  # noqa: S608
        " || jsonb_build_object('attributes', md5(b.attributes::text), 'identities',"
        " (SELECT count(*) FROM leads_externalid x WHERE x.lead_id = l.id)), ''"
        " FROM intake_batch b JOIN leads_lead l ON l.id = b.lead_id WHERE b.is_new ORDER BY l.id",
        [job.pk],
    )


def said(row, columns):
    """SQL: these columns of a table (its alias `row`) that are not blank, as a JSON object."""
    pairs = ", ".join(f"'{name}', to_jsonb({row}.{name})" for name in columns)
    return f"""(
        SELECT COALESCE(jsonb_object_agg(said.key, said.value), '{{}}')
        FROM jsonb_each(jsonb_build_object({pairs})) said
        WHERE said.value NOT IN ('""', 'null', 'false')
    )"""  # noqa: S608


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
