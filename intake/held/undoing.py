"""Puts back the moves that an import of history wrote, and what it said of costs. Works on
intake_undo, like the others that intake/undoing.py names; its UNDOERS must ask for events before
leads."""

from intake.inserting import execute
from leads import history


def events():
    """Of a lead that has moved on since, nothing is put back."""
    rows = execute(_EVENTS)
    kept = history.forget([int(pk) for (pk,) in rows])
    execute(_KEEP, [kept])


def costs():
    """A cost that says something else by now stays; so does the campaign."""
    execute(_COSTS_STAY)
    execute(_COSTS_GO)
    execute(_COSTS_BACK)


_EVENTS = """
    SELECT jsonb_array_elements_text(after->'events') FROM intake_undo
    WHERE subject = 'event' AND kept = ''
"""
_COSTS_STAY = """
    UPDATE intake_undo u SET kept = 'Changed since: amount.'
    WHERE u.subject = 'cost' AND u.kept = '' AND NOT EXISTS (
        SELECT 1 FROM leads_campaigncost c
        WHERE c.id = u.subject_id AND c.amount = (u.after->>'amount')::numeric)
"""
_COSTS_GO = """
    DELETE FROM leads_campaigncost c USING intake_undo u WHERE c.id = u.subject_id
        AND u.subject = 'cost' AND u.kept = '' AND u.before IS NULL
"""
_COSTS_BACK = """
    UPDATE leads_campaigncost c SET amount = (u.before->>'amount')::numeric FROM intake_undo u
    WHERE c.id = u.subject_id AND u.subject = 'cost' AND u.kept = '' AND u.before IS NOT NULL
"""
_KEEP = """
    UPDATE intake_undo SET kept = 'It was moved or handed on since.'
    WHERE subject = 'event' AND kept = '' AND (after->>'lead')::bigint = ANY(%s)
"""
