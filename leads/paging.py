"""Keyset paging: a page begins beside a known row, so page 20,000 costs what page 1 costs."""

from dataclasses import dataclass
from functools import partial

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
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


def page(queryset, field, *, rows=None, after="", before="", size=SIZE):
    """One page ordered by (field, id); `field` may begin with a minus, which turns both around.

    `after` and `before` are cursors of an earlier page. Raises BadRequest for any other text.
    `rows`: all rows there are, with what is to be read of them.
    """
    descends, name = field.startswith("-"), field.lstrip("-")
    total, ids = _found(queryset)
    if total <= FEW:
        # What is found once need not be looked for again.
        queryset = queryset.filter(AnyOf(F("pk"), ids))
    rows = queryset.model.objects.all() if rows is None else rows
    beside = partial(_beside, queryset, rows, name, size + 1, few=total <= EXACT)
    if before:
        found = beside(before, forward=descends)
        if len(found) > size:
            rows = found[:size][::-1]
            return Page(rows, cursor(rows[0], name), cursor(rows[-1], name), total)
        after = ""  # the first page, whatever has come before it meanwhile
    found = beside(after, forward=not descends)
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


def _beside(found, rows, name, most, text, *, forward, few):
    """Rows after the cursor in ascending order, or before it in descending order. First their ids,
    so that the database reads and joins no row for nothing."""
    if text:
        beyond = TupleGreaterThan if forward else TupleLessThan
        found = found.filter(beyond(Tuple(F(name), F("pk")), _parsed(found.model, name, text)))
    order = [name, "pk"] if forward else [f"-{name}", "-pk"]
    ids = found.order_by(_sorted(name, forward) if few else order[0], order[1]).values("pk")[:most]
    return list(rows.filter(AnyOf(F("pk"), ArraySubquery(ids))).order_by(*order))


def _sorted(name, forward):
    """The order of a column without nulls, but by no index: those have their nulls at the other
    end. Few are sorted in an instant; to walk all rows in order until they turn up can take long.
    """
    return F(name).asc(nulls_first=True) if forward else F(name).desc(nulls_last=True)


def _parsed(model, name, text):
    try:
        value, pk = text.rsplit("~", 1)
        return model._meta.get_field(name).clean(value, None), model._meta.pk.to_python(pk)
    except (ValueError, ValidationError, ArithmeticError) as error:
        raise BadRequest(_("This page of the list does not exist.")) from error
