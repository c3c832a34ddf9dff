"""Puts back the moves that an import of history wrote. Works on intake_undo, like the others that
intake/undoing.py names; its UNDOERS must ask for events before leads."""

from intake.inserting import execute
from leads import history


def events():
    """Of a lead that has moved on since, nothing is put back."""
    rows = execute("SELECT subject_id FROM intake_undo WHERE subject = 'event' AND kept = ''")
    kept = history.forget([pk for (pk,) in rows])
    execute(_KEEP, [kept])


_KEEP = """
    UPDATE intake_undo SET kept = 'It was moved or handed on since.'
    WHERE subject = 'event' AND kept = '' AND (after->>'lead')::bigint = ANY(%s)
"""
