"""What is not kept for ever: each kind of data by a rule that the admin switches on and off.

A rule works batch by batch, each in a transaction of its own, oldest rows first. A run that is
killed has done what its batches did; the next one begins with what is left.
"""

import logging
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from leads.alone import alone
from leads.models import RetentionRule, RetentionRun

log = logging.getLogger(__name__)
LOCK = 0x0BD  # the advisory locks of rules
SOME = 500
COUNTED = 10_000


@dataclass(frozen=True)
class Kept:
    """One kind of data, named in settings.RETENTION by the app that keeps it.

    `old`: the rows older than a moment, as a queryset; `drop`: takes the rows of these primary keys
    away, in the caller's transaction, so that `old` finds them no more. `months`, `active`: what a
    new rule begins with.
    """

    label: Any
    old: Callable
    drop: Callable[[list, datetime], Any]
    months: int = 24
    active: bool = False


@cache
def kinds():
    """{kind: its Kept}"""
    return {kind: import_string(path) for kind, path in settings.RETENTION.items()}


def rules():
    """A rule for each kind, those that are missing made as their kind begins."""
    known = {rule.kind: rule for rule in RetentionRule.objects.all()}
    new = [
        RetentionRule(kind=kind, months=kept.months, active=kept.active)
        for kind, kept in kinds().items()
        if kind not in known
    ]
    RetentionRule.objects.bulk_create(new, ignore_conflicts=True)
    found = RetentionRule.objects.filter(kind__in=kinds())
    return sorted(found, key=lambda rule: list(kinds()).index(rule.kind))


def would_drop(rule, *, now, most=COUNTED):
    """How many rows the rule would take now, if it were on; counted to `most` + 1."""
    return _old(rule, before(now, rule.months))[: most + 1].count()


def run(*, now, only=()):
    """Apply the rules that are on, or those of the kinds `only` among them. Returns the runs."""
    active = [rule for rule in rules() if rule.active and (not only or rule.kind in only)]
    return [one for rule in active if (one := _run(rule, now))]


def before(now, months):
    """The same moment so many calendar months ago, or the last day of a shorter month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def _run(rule, now):
    """One run, or None while another process is at it. A failure is logged and ends this rule."""
    with alone(LOCK, rule.pk) as mine:
        if not mine:
            return None
        edge = before(now, rule.months)
        this = RetentionRun.objects.create(rule=rule, before=edge, started_at=now)
        try:
            _drop_all(rule, this, edge, now)
        except Exception as error:
            log.exception("retention of %s", rule.kind)
            RetentionRun.objects.filter(pk=this.pk).update(error=str(error)[:500])
        RetentionRun.objects.filter(pk=this.pk).update(finished_at=timezone.now())
        this.refresh_from_db()
        return this


def _drop_all(rule, this, edge, now):
    last = None
    while ids := list(_old(rule, edge, last)[:SOME]):
        with transaction.atomic():
            kinds()[rule.kind].drop(ids, now)
            RetentionRun.objects.filter(pk=this.pk).update(dropped=F("dropped") + len(ids))
        last = ids[-1]


def _old(rule, edge, last=None):
    rows = kinds()[rule.kind].old(edge).order_by("pk").values_list("pk", flat=True)
    return rows if last is None else rows.filter(pk__gt=last)
