"""Search text without any database extension: accents folded, lower case, email parts split.

The database keeps it in a tsvector column by trigger, so every way of writing keeps it right.
"""

import pgtrigger
from django.contrib.postgres.search import SearchQuery

_FOLD = dict(
    zip(
        "ßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżž",
        "saaaaaaaceeeeiiiinoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnoooorrrsssstttuuuuuuwyzzz",
        strict=True,
    )
)
_FOLD_FROM, _FOLD_TO = "".join(_FOLD), "".join(_FOLD.values())


def keep_search(*columns):
    """The trigger that keeps the tsvector column `search` of some text columns.

    Not a generated column: PostgreSQL 18 reads its expression anew for each updated row, which made
    up half of every score and every move, and a good part of the memory of a statement.
    """
    text = " || ' ' || ".join(f"NEW.{column}" for column in columns)
    return pgtrigger.Trigger(
        name="keep_search",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),
        func=f"""
            NEW.search := to_tsvector('simple', {folded_sql(text)});
            RETURN NEW;
        """,
    )


def folded_sql(text):
    """SQL of `text`, itself SQL, as words: what `search` is made of and may be asked for."""
    return f"""regexp_replace(
                translate(lower({text}), '{_FOLD_FROM}', '{_FOLD_TO}'), '[^[:alnum:]]+', ' ', 'g'
            )"""


def search_query(text):
    """Every word of `text` as a prefix, all of them needed; None when there is no word in it."""
    words = "".join(char if char.isalnum() else " " for char in fold(text)).split()[:10]
    if not words:
        return None
    return SearchQuery(" & ".join(f"{w}:*" for w in words), search_type="raw", config="simple")


def fold(text):
    """Lower case without accents, as the database folds it."""
    return text.lower().translate(str.maketrans(_FOLD_FROM, _FOLD_TO))
