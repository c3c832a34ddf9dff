"""Many rows with one statement: UPDATE … FROM unnest, for what the ORM writes row by row."""

from django.db import connection


def update(rows, names):
    """Write the columns `names` (attnames) of `rows`, all of one model, as they are now."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [meta.get_field(name) for name in names]
    columns = [[row.pk for row in rows]]
    types = ["bigint"]
    for one in fields:
        columns.append(
            [one.get_db_prep_save(getattr(row, one.attname), connection) for row in rows]
        )
        types.append(one.rel_db_type(connection) if one.is_relation else one.db_type(connection))
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(one.column)} = v.c{i}" for i, one in enumerate(fields, 1))
    arrays = ", ".join(f"%s::{kind.split('(')[0]}[]" for kind in types)
    aliases = ", ".join(f"c{i}" for i in range(len(types)))
    sql = (
        f"UPDATE {quote(meta.db_table)} t SET {sets}"  # noqa: S608  (names of our own model)
        f" FROM unnest({arrays}) AS v({aliases}) WHERE t.{quote(meta.pk.column)} = v.c0"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
