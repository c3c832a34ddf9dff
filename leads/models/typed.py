"""The law of custom attributes, held by the database: each value is of its attribute's kind."""

import pgtrigger

# One pass over all rows of a statement. CASE decides in its order, so only what looks like a date
# is read as one; a date that no calendar has is refused by the cast itself.
_REFUSE = """
    SELECT fresh.lead_id, one.key, one.value, a.kind INTO wrong
    FROM fresh, jsonb_each(fresh.values) one LEFT JOIN leads_attribute a ON a.code = one.key
    WHERE CASE
        WHEN a.kind IN ('number', 'boolean') THEN jsonb_typeof(one.value) <> a.kind
        WHEN a.kind IS NULL OR jsonb_typeof(one.value) <> 'string' THEN true
        WHEN a.kind = 'date' THEN CASE
            WHEN one.value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
            THEN (one.value #>> '{}')::date IS NULL ELSE true END
        ELSE false
    END LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'attribute % of lead %: % is not a %', wrong.key, wrong.lead_id,
            left(wrong.value::text, 100), COALESCE(wrong.kind, 'value of a known attribute')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attribute_values_typed';
    END IF;
    RETURN NULL;
"""


def values_are_typed():
    """Two triggers, because PostgreSQL hands over the new rows of one kind of statement only."""
    return [
        pgtrigger.Trigger(
            name=f"typed_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="fresh"),
            declare=[("wrong", "record")],
            func=_REFUSE,
        )
        for name, operation in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    ]
