"""Many rows with one statement, prepared once: unnest instead of what the ORM compiles anew."""

from functools import cache
from typing import Any

from django.db import connection


def insert(rows, *, unique=()):
    """Insert rows of one model and give them their ids.

    `unique`: the columns (attnames) of a unique constraint; a row that is there is overwritten.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, unique), _columns(rows, _own_fields(model)))
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, connection.alias


def update(rows, names):
    """Write the columns `names` (attnames) of `rows`, all of one model, as they are now."""
    if not rows:
        return
    model: Any = type(rows[0])
    fields = [model._meta.pk, *[model._meta.get_field(name) for name in names]]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(names)), _columns(rows, fields))


@cache
def _own_fields(model):
    return [f for f in model._meta.concrete_fields if not (f.primary_key or f.generated)]


@cache
def _insert(model, unique):
    fields = _own_fields(model)
    names = ", ".join(_quoted(one.column) for one in fields)
    key = [_quoted(model._meta.get_field(name).column) for name in unique]
    others = [_quoted(f.column) for f in fields if f.attname not in unique]
    overwrite = ", ".join(f"{name} = EXCLUDED.{name}" for name in others)
    conflict = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {overwrite}" if unique else ""
    return (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({names})"  # noqa: S608  (our own names)
        f" SELECT * FROM unnest({_arrays(fields)}){conflict}"
        f" RETURNING {_quoted(model._meta.pk.column)}"
    )


@cache
def _update(model, names):
    meta = model._meta
    fields = [meta.get_field(name) for name in names]
    sets = ", ".join(f"{_quoted(one.column)} = v.c{i}" for i, one in enumerate(fields, 1))
    aliases = ", ".join(f"c{i}" for i in range(len(fields) + 1))
    return (
        f"UPDATE {_quoted(meta.db_table)} t SET {sets}"  # noqa: S608  (names of our own model)
        f" FROM unnest({_arrays([meta.pk, *fields])}) AS v({aliases})"
        f" WHERE t.{_quoted(meta.pk.column)} = v.c0"
    )


def _arrays(fields):
    """A parameter for each column, of its array type: %s::bigint[], %s::varchar[]"""
    types = [(one.rel_db_type if one.is_relation else one.db_type)(connection) for one in fields]
    return ", ".join(f"%s::{kind.split('(')[0]}[]" for kind in types)


def _columns(rows, fields):
    return [
        [one.get_db_prep_save(getattr(row, one.attname), connection) for row in rows]
        for one in fields
    ]


def _quoted(name):
    return connection.ops.quote_name(name)
