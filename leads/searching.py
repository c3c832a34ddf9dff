"""Search text without any database extension: accents folded, lower case, email parts split.

The database keeps it as a generated tsvector column, so every way of writing keeps it right.
"""

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Lower

_FOLD = dict(
    zip(
        "ßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżž",
        "saaaaaaaceeeeiiiinoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnoooorrrsssstttuuuuuuwyzzz",
        strict=True,
    )
)
_FOLD_FROM, _FOLD_TO = "".join(_FOLD), "".join(_FOLD.values())


class _Fold(Func):
    """Immutable in PostgreSQL (unlike unaccent), hence allowed in a generated column."""

    function = "translate"
    output_field = CharField()

    def __init__(self, expression, **extra):
        super().__init__(Lower(expression), Value(_FOLD_FROM), Value(_FOLD_TO), **extra)


class SearchText(Func):
    """The tsvector of several text columns."""

    function = "to_tsvector"
    template = (
        "%(function)s('simple'::regconfig,"
        " regexp_replace(%(expressions)s, '[^[:alnum:]]+', ' ', 'g'))"
    )
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()

    def __init__(self, *columns, **extra):
        super().__init__(*[_Fold(F(c) if isinstance(c, str) else c) for c in columns], **extra)


def search_query(text):
    """Every word of `text` as a prefix, all of them needed; None when there is no word in it."""
    words = "".join(char if char.isalnum() else " " for char in fold(text)).split()[:10]
    if not words:
        return None
    return SearchQuery(" & ".join(f"{w}:*" for w in words), search_type="raw", config="simple")


def fold(text):
    """Lower case without accents, as the database folds it."""
    return text.lower().translate(str.maketrans(_FOLD_FROM, _FOLD_TO))
