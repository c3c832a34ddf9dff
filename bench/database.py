"""A database for each benchmark, on the server of the settings; kept while nothing has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

_SHAPING = [
    "bench/*market*",
    "bench/crowd.py",
    "bench/rescore.py",
    "*/migrations/*.py",
    "handoff/starters/*.json",
]


def fresh(name):
    """Drop the database if it is there, make it again and migrate it; it is in use afterwards."""
    use(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def filled(name, fill):
    """The database as `fill()` made it, from an earlier run if the program still makes the same."""
    use(name)
    if not _has(name) or _mark(name) != _fingerprint():
        fresh(name)
        fill()
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE {name} IS '{_fingerprint()}'")


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name


def _has(name):
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _mark(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database"
                       " WHERE datname = %s", [name])  # fmt: skip
        return cursor.fetchone()[0]


def _fingerprint():
    """Of everything that decides what the data looks like."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for pattern in _SHAPING for path in root.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
