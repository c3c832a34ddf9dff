"""A long job runs in one process at a time; a killed one lets go by itself."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(lock, number):
    """Yields whether this process alone has the job `number` of those that `lock` stands for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [lock, number])
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock, number])
