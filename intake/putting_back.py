"""Changed rows become what they were, column by column; a column that says something else by now
than what the import wrote stays. Works on intake_undo, see intake/undoing.py."""

from django.db import connection

from intake import staying
from intake.changelog import ROWS
from intake.inserting import execute
from intake.models import ImportChange
from leads.models import FieldChange

Subject = ImportChange.Subject
# Where what a column was is somebody else's now, or gone: SQL over the row `t` and the change `u`.
TAKEN = {
    "email": "EXISTS (SELECT 1 FROM leads_lead o WHERE o.email <> '' AND o.id <> t.id"
    " AND lower(o.email) = lower(u.before->>'email'))",
    "external_id": "EXISTS (SELECT 1 FROM leads_lead o WHERE o.external_id <> '' AND o.id <> t.id"
    " AND o.external_id = u.before->>'external_id')",
    "company_id": "u.before->>'company_id' IS NOT NULL AND NOT EXISTS (SELECT 1"
    " FROM leads_company c WHERE c.id = (u.before->>'company_id')::bigint)",
    "domain": "EXISTS (SELECT 1 FROM leads_company o WHERE o.domain <> '' AND o.id <> t.id"
    " AND lower(o.domain) = lower(u.before->>'domain'))",
}


def leads():
    columns(Subject.LEAD)
    staying.tell(Subject.LEAD, FieldChange.Subject.LEAD)


def companies():
    columns(Subject.COMPANY)
    staying.tell(Subject.COMPANY, FieldChange.Subject.COMPANY)


def columns(subject):
    """Put back the changed rows of a subject of changelog.ROWS; `stays` names what is not."""
    model, _facts = ROWS[subject]
    types = {one.column: _type(one) for one in model._meta.concrete_fields}
    asked = execute(_COLUMNS, [subject])
    names = [name for (name,) in asked if name in types]
    if not names:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    staying = ", ".join(f"CASE WHEN {_stays(name)} THEN '{name}' END" for name in names)
    sets = ", ".join(
        f"{name} = CASE WHEN u.before ? '{name}' AND NOT '{name}' = ANY(u.stays)"
        f" THEN (u.before->>'{name}')::{types[name]} ELSE t.{name} END"
        for name in names
    )
    mine = "u.subject = %s AND u.before IS NOT NULL"
    execute(_GONE.format(table=table), [subject])
    execute(f"SELECT t.id FROM {table} t JOIN intake_undo u ON u.subject_id = t.id"  # noqa: S608
            f" WHERE {mine} ORDER BY t.id FOR UPDATE OF t", [subject])  # fmt: skip
    execute(
        f"UPDATE intake_undo u SET stays = array_remove(ARRAY[{staying}], NULL)"  # noqa: S608
        f" FROM {table} t WHERE {mine} AND t.id = u.subject_id",
        [subject],
    )
    execute(
        f"UPDATE {table} t SET {sets} FROM intake_undo u"  # noqa: S608
        f" WHERE {mine} AND t.id = u.subject_id AND u.kept = ''",
        [subject],
    )


def attributes():
    execute(_ATTRIBUTES_GONE)
    execute(_ATTRIBUTES_STAY)
    execute(_ATTRIBUTES)
    staying.tell(Subject.ATTRIBUTES, FieldChange.Subject.ATTRIBUTE)


def _type(field):
    return (field.rel_db_type if field.is_relation else field.db_type)(connection)


def _stays(name):
    changed = f"COALESCE(to_jsonb(t.{name}), 'null') <> u.after->'{name}'"
    taken = f" OR {TAKEN[name]}" if name in TAKEN else ""
    return f"u.before ? '{name}' AND ({changed}{taken})"


_COLUMNS = """
    SELECT DISTINCT one.key FROM intake_undo u CROSS JOIN jsonb_object_keys(u.before) one(key)
    WHERE u.subject = %s AND u.before IS NOT NULL
"""
_GONE = """
    UPDATE intake_undo u SET kept = 'It is not there any more.' WHERE u.subject = %s
        AND u.before IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = u.subject_id)
"""
_ATTRIBUTES_GONE = """
    UPDATE intake_undo u SET kept = 'It is not there any more.'
    WHERE u.subject = 'attributes' AND NOT EXISTS (
        SELECT 1 FROM leads_leadattributes a WHERE a.lead_id = u.subject_id)
"""
_ATTRIBUTES_STAY = """
    UPDATE intake_undo u SET stays = ARRAY(
        SELECT one.key FROM jsonb_each(u.after) one
        WHERE a.values->one.key IS DISTINCT FROM one.value ORDER BY 1
    ) FROM (
        SELECT a.* FROM leads_leadattributes a
        JOIN intake_undo u ON u.subject_id = a.lead_id AND u.subject = 'attributes'
        ORDER BY lead_id FOR UPDATE OF a
    ) a WHERE u.subject = 'attributes' AND a.lead_id = u.subject_id
"""
# A value that was not there is null in `before`; none of a lead is.
_ATTRIBUTES = """
    UPDATE leads_leadattributes a SET values = (a.values - ARRAY(
        SELECT one.key FROM jsonb_each(u.before) one WHERE NOT one.key = ANY(u.stays)
    )) || jsonb_strip_nulls(u.before - u.stays)
    FROM intake_undo u WHERE u.subject = 'attributes' AND a.lead_id = u.subject_id
"""
