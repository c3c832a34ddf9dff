"""Rows that an import created go, unless something was done to them since or points to them now.
Works on intake_undo, see intake/undoing.py."""

import pgtrigger
from django.apps import apps
from django.db import connection

from intake import staying
from intake.changelog import BESIDE, ROWS, said
from intake.inserting import execute
from intake.models import ImportChange
from leads.conditions import ConditionField
from leads.models import Activity, Attribute, Company, ExternalId, FieldChange, Lead

Subject = ImportChange.Subject
# Of a lead: what is born with it, and what the program works out again by itself.
WITH_THE_LEAD = [
    "leads.leadattributes",
    "leads.externalid",
    "leads.leadevent",
    "leads.consent",  # of the import itself; see _ALLOWED
    "leads.duplicatekey",
    "leads.duplicatepair",
    "scoring.scorechange",
    "handoff.reviewentry",
]


def leads():
    execute(_LOCK_LEADS)
    _keep_altered(Subject.LEAD, FieldChange.Subject.LEAD)
    execute(_OTHERWISE_KNOWN)
    execute(_MOVED)
    execute(_ALLOWED)
    _keep_pointed_at(Subject.LEAD, Lead, but=WITH_THE_LEAD)
    gone = _going(Subject.LEAD)
    with pgtrigger.ignore("leads.LeadEvent:no_delete", "leads.Consent:append_only"):
        for one in _pointing(Lead):
            if one.model._meta.label_lower in WITH_THE_LEAD:
                _delete(one.model, one.column, gone)
        execute("DELETE FROM leads_stalelead WHERE lead_id = ANY(%s)", [gone])
        _delete(Lead, "id", gone)


def companies():
    _keep_altered(Subject.COMPANY, FieldChange.Subject.COMPANY)
    execute(_OWNED)
    _keep_pointed_at(Subject.COMPANY, Company)
    _delete(Company, "id", _going(Subject.COMPANY))


def identities():
    """One that belongs to another lead by now stays."""
    _keep_altered(Subject.IDENTITY, "")
    _delete(ExternalId, "id", _going(Subject.IDENTITY))


def activities():
    _keep_pointed_at(Subject.ACTIVITY, Activity)
    _delete(Activity, "id", _going(Subject.ACTIVITY))


def definitions():
    """Attributes that no lead has and no condition names."""
    execute(_HELD)
    for model in apps.get_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, ConditionField):
                execute(_NAMED.format(table=_table(model), column=one.column))
    with pgtrigger.ignore("leads.Attribute:archive_instead"):
        _delete(Attribute, "id", _going(Subject.ATTRIBUTE))


def _keep_pointed_at(subject, model, but=()):
    """What other rows point to stays."""
    for one in _pointing(model):
        if one.model._meta.label_lower not in but:
            words = f"By now this belongs to it: {one.model._meta.verbose_name}."
            pointing = f"SELECT 1 FROM {_table(one.model)} o WHERE o.{one.column} = u.subject_id"  # noqa: S608
            execute(f"{_KEEP} AND EXISTS ({pointing})", [words, subject])


def _pointing(model):
    """The foreign keys to a model, of whatever app."""
    return [one.field for one in model._meta.related_objects if not one.many_to_many]


def _going(subject):
    rows = execute(_GOING, [subject])
    return [pk for (pk,) in rows]


def _delete(model, column, values):
    execute(f"DELETE FROM {_table(model)} WHERE {column} = ANY(%s)", [values])  # noqa: S608


def _table(model):
    return connection.ops.quote_name(model._meta.db_table)


def _keep_altered(subject, recorded_as):
    """What says something else by now than when it was created stays."""
    model, _columns = ROWS[subject]
    now = said("t", subject)
    execute(_ALTERED.format(table=_table(model), now=now), [list(BESIDE), subject])
    execute(_ALTERED_BY_OTHERS, [recorded_as, FieldChange.Subject.ATTRIBUTE, subject, subject])
    staying.tell(subject, recorded_as)


_LOCK_LEADS = """
    SELECT l.id FROM leads_lead l JOIN intake_undo u ON u.subject_id = l.id
    WHERE u.subject = 'lead' AND u.before IS NULL ORDER BY l.id FOR UPDATE OF l
"""
_ALTERED = """
    WITH now AS MATERIALIZED (
        SELECT u.id, {now} AS says, u.after - %s::text[] AS said
        FROM intake_undo u JOIN {table} t ON t.id = u.subject_id
        WHERE u.subject = %s AND u.before IS NULL AND u.after <> '{{}}'
    )
    UPDATE intake_undo u SET stays = ARRAY(
        SELECT key FROM jsonb_each(says) n FULL JOIN jsonb_each(said) o USING (key)
        WHERE n.value IS DISTINCT FROM o.value ORDER BY 1
    ) FROM now WHERE u.id = now.id AND says <> said
"""
# Where what was written is not told: by the table of what was known when.
_ALTERED_BY_OTHERS = """
    UPDATE intake_undo u SET stays = ARRAY(
        SELECT DISTINCT f.field FROM leads_fieldchange f
        WHERE f.subject_id = u.subject_id AND f.source <> 'import ' || u.job_id
            AND (f.subject = %s OR (f.subject = %s AND %s = 'lead'))
    ) WHERE u.subject = %s AND u.before IS NULL AND u.after = '{}'
"""
_KEEP = """
    UPDATE intake_undo u SET kept = %s
    WHERE u.subject = %s AND u.before IS NULL AND u.kept = ''
"""
_OTHERWISE_KNOWN = """
    UPDATE intake_undo u SET kept = CASE
        WHEN md5(a.values::text) <> u.after->>'attributes' THEN 'Its attributes were changed since.'
        ELSE 'Another system knows it by now.' END
    FROM leads_leadattributes a
    WHERE u.subject = 'lead' AND u.before IS NULL AND u.kept = '' AND a.lead_id = u.subject_id
        AND (md5(a.values::text) <> u.after->>'attributes'
            OR (SELECT count(*) FROM leads_externalid x WHERE x.lead_id = u.subject_id)
                <> (u.after->>'identities')::integer)
"""
_MOVED = """
    UPDATE intake_undo u SET kept = 'It was moved or handed on since.'
    FROM leads_lead l WHERE u.subject = 'lead' AND u.before IS NULL AND u.kept = ''
        AND l.id = u.subject_id AND (l.stage <> 'unqualified' OR l.merged_into_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM leads_leadevent e
                WHERE e.lead_id = l.id AND e.name <> 'captured'))
"""
_ALLOWED = """
    UPDATE intake_undo u SET kept = 'What the person allows was recorded since.'
    WHERE u.subject = 'lead' AND u.before IS NULL AND u.kept = '' AND EXISTS (
        SELECT 1 FROM leads_consent c
        WHERE c.lead_id = u.subject_id AND c.source <> 'import ' || u.job_id
    )
"""
_OWNED = """
    UPDATE intake_undo u SET kept = 'Somebody owns it by now.'
    FROM leads_company c WHERE u.subject = 'company' AND u.before IS NULL AND u.kept = ''
        AND c.id = u.subject_id AND c.owner_id <> COALESCE((u.after->>'owner_id')::bigint, 0)
"""
_HELD = """
    UPDATE intake_undo u SET kept = 'Leads have it by now.'
    WHERE u.subject = 'attribute' AND u.kept = '' AND u.after->>'code' IN (
        SELECT DISTINCT one.key FROM leads_leadattributes a
        CROSS JOIN jsonb_object_keys(a.values) one(key)
    )
"""
_NAMED = """
    UPDATE intake_undo u SET kept = 'A condition names it by now.'
    WHERE u.subject = 'attribute' AND u.kept = '' AND EXISTS (
        SELECT 1 FROM {table} o
        WHERE strpos(o.{column}::text, concat('"attr.', u.after->>'code', '"')) > 0
    )
"""
_GOING = "SELECT subject_id FROM intake_undo WHERE subject = %s AND before IS NULL AND kept = ''"
