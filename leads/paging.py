"""Keyset paging: a page begins beside a known row, so page 20,000 costs what page 1 costs."""

from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Count, F
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-untyped]
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.utils.translation import gettext as _

from leads.querysets import AnyOf

SIZE = 50
EXACT = 10_000  # totals are exact to here
FEW = 1_000


@dataclass
class Page:
    """Rows in order; `before` and `after` are the cursors of its neighbours, "" where it ends."""

    rows: list
    before: str
    after: str
    total: int  # EXACT + 1: more than that

    @property
    def total_words(self):
        if self.total > EXACT:
            return f"{EXACT:,}+"
        return f"{self.total:,}"


def page(queryset, field, *, after="", before="", size=SIZE):
    """One page ordered by (field, id); `field` may begin with a minus, which turns both around.

    `after` and `before` are cursors of an earlier page. Raises BadRequest for any other text.
    """
    descends, name = field.startswith("-"), field.lstrip("-")
    total, ids = _found(queryset)
    if total <= FEW:
        # Known rows keep the planner from walking the whole order in search of them.
        queryset = queryset.filter(AnyOf(F("pk"), ids))
    if before:
        found = list(_beside(queryset, name, before, forward=descends)[: size + 1])
        if len(found) > size:
            rows = found[:size][::-1]
            return Page(rows, cursor(rows[0], name), cursor(rows[-1], name), total)
        after = ""  # the first page, whatever has come before it meanwhile
    found = list(_beside(queryset, name, after, forward=not descends)[: size + 1])
    rows, more = found[:size], len(found) > size
    return Page(
        rows=rows,
        before=cursor(rows[0], name) if after and rows else "",
        after=cursor(rows[-1], name) if more else "",
        total=total,
    )


def cursor(row, name):
    """The place of a row in the order, as text for a URL."""
    value = getattr(row, name)
    return f"{getattr(value, 'isoformat', value.__str__)()}~{row.pk}"


class _Few(ArrayAgg):
    """The first ids only: a list of 10,000 would be sent for nothing."""

    template = f"({ArrayAgg.template})[1:{FEW}]"


def _found(queryset):
    """How many rows, at most one more than is counted exactly, and the first ids; in one query."""
    found = queryset.order_by()[: EXACT + 1].aggregate(n=Count("pk"), ids=_Few("pk"))
    return found["n"], found["ids"] or []


def _beside(rows, name, text, *, forward):
    """Rows after the cursor in ascending order, or before it in descending order."""
    order = [name, "pk"] if forward else [f"-{name}", "-pk"]
    rows = rows.order_by(*order)
    if not text:
        return rows
    beyond = TupleGreaterThan if forward else TupleLessThan
    return rows.filter(beyond(Tuple(F(name), F("pk")), _parsed(rows.model, name, text)))


def _parsed(model, name, text):
    try:
        value, pk = text.rsplit("~", 1)
        return model._meta.get_field(name).clean(value, None), model._meta.pk.to_python(pk)
    except (ValueError, ValidationError, ArithmeticError) as error:
        raise BadRequest(_("This page of the list does not exist.")) from error
