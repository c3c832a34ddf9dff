"""Content that helped in calls or was missing, counted: what marketing writes next."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Func, Value
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext_lazy as _

from handoff.models import Discovery
from leads.models import Lead

PERIODS = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("A year")}
MOST, NAMED = 20, 12


@dataclass(frozen=True)
class Said:
    """One text as it was first written, how many calls named it, and some of their leads."""

    text: str
    count: int
    leads: list


def counted(user, days, *, now):
    """(what helped, what was missing) in the calls of these days, most often first."""
    calls = Discovery.objects.filter(
        held_at__gte=now - timedelta(days=days), lead__in=Lead.objects.visible_to(user)
    )
    found = [_most_often(calls, name) for name in ("content_helped", "content_missing")]
    ids = {pk for rows in found for row in rows for pk in row["leads"][:NAMED]}
    leads = Lead.objects.in_bulk(ids)
    return [[_said(row, leads) for row in rows] for rows in found]


def _said(row, leads):
    some = [leads[pk] for pk in row["leads"][:NAMED] if pk in leads]
    return Said(row["written"][0], row["n"], some)


def _most_often(calls, name):
    """Texts that differ in case and space alone are one."""
    spaces = Value(r"\s+"), Value(" "), Value("g")
    plain = Trim(Func(F(name), *spaces, function="regexp_replace"))
    said = calls.annotate(plain=plain, key=Lower(plain)).exclude(key="").values("key")
    rows = said.annotate(
        n=Count("pk"),
        written=ArrayAgg("plain", order_by="held_at"),
        leads=ArrayAgg("lead", distinct=True),
    )
    return list(rows.order_by("-n", "key")[:MOST])
