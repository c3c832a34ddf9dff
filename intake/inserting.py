"""INSERT … SELECT for a whole model: a column that later code adds gets its default by itself."""

from django.db import connection


def insert(model, known, source, *, returning="", **params):
    """Insert one row for each of `source` (what follows FROM). `returning`: columns of them.

    `known`: {column: SQL over the source}; where that is null, and for all other columns, the
    model's default counts.
    """
    columns, values = [], []
    for one in model._meta.concrete_fields:
        if one.generated or (one.primary_key and one.column not in known):
            continue
        default = one.get_db_prep_save(one.get_default(), connection)
        params[f"default_{one.column}"] = default
        placeholder = f"%(default_{one.column})s"
        value = known.get(one.column)
        if value and default is not None:
            value = f"COALESCE({value}, {placeholder})"
        columns.append(connection.ops.quote_name(one.column))
        values.append(value or placeholder)
    return execute(
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)}"  # noqa: S608
        f" ({', '.join(columns)}) SELECT {', '.join(values)} FROM {source}"
        + (f" RETURNING {returning}" if returning else ""),
        params,
    )


def execute(sql, params=None):
    """The rows that a statement gives back, if it gives any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
