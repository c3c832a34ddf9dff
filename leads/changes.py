"""Say why and, in a simulated past, when: the triggers that write FieldChange read both."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def recording(source="", now=None):
    """Changes inside are recorded with this source, and as of this moment instead of the
    transaction's. What is not given stays as it was set around this block."""
    settings = {"leadops.source": source, "leadops.now": now.isoformat() if now else ""}
    # Local to the transaction; a rollback, also to a savepoint, puts them back by itself.
    with transaction.atomic():
        before = _set({name: value for name, value in settings.items() if value})
        yield
        _set(before)


def _set(settings):
    """Set each for this transaction; returns what they were."""
    before = {}
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute(
                "SELECT current_setting(%s, true), set_config(%s, %s, true)", [name, name, value]
            )
            before[name] = cursor.fetchone()[0] or ""
    return before
