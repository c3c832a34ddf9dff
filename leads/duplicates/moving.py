"""What follows the person into the other lead, row by row, and back.

Every table that refers to a lead, and what becomes of its rows in a merge:

moves: Activity, Touch, Consent (the ledger of a person), ExternalId; what other apps know of the
person and name in LEAD_PIPELINE["merged"]["moves"] (answers to BANT and to the agreement's
questions); leads that the person referred, and leads that were merged into the loser before.

stays: LeadEvent, Cycle, Handoff, Opportunity, Discovery, Decision, Churn, ScoreChange and CallDraft
are the loser's own story: a Cycle is the fold of its lead's events, and reports count both. Merge
and DuplicatePair are about the two leads themselves. LeadAttributes are chosen value by value.
FieldChange says what was known of each lead. ReviewEntry goes with the stage, StaleLead and
DuplicateKey are made anew.
"""

from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings

from leads.models import Activity, Consent, ExternalId, Lead, Touch

SOME = 1_000
OWN: list[Any] = [Activity, Touch, Consent, ExternalId]
REFER = ["merged_into", "referred_by"]
# Immutable, except that they belong to somebody else now; only here, and only in this transaction.
_FIXED = ["leads.Activity:immutable", "leads.Touch:immutable", "leads.Consent:append_only"]


def move(loser, winner):
    """{table or column of Lead: ids of the rows that are the winner's now}."""
    moved = {}
    with pgtrigger.ignore(*_FIXED):
        for model in _models():
            rows = model.objects.filter(lead=loser)
            moved[model._meta.label] = _give(rows, "lead", winner)
    for column in REFER:
        rows = Lead.objects.filter(**{column: loser}).exclude(pk=winner.pk)
        moved[column] = _give(rows, column, winner)
    return {name: ids for name, ids in moved.items() if ids}


def move_back(moved, winner, loser):
    """Those of them that are still the winner's."""
    with pgtrigger.ignore(*_FIXED):
        for name in moved.keys() - set(REFER):
            rows = apps.get_model(name).objects.filter(lead=winner, pk__in=moved[name])
            rows.update(lead=loser)
    for column in moved.keys() & set(REFER):
        rows = Lead.objects.filter(pk__in=moved[column], **{column: winner})
        rows.update(**{column: loser})


def left_behind():
    """Ids of merged leads that have got rows since, from whoever had found them before."""
    found: set[int] = set()
    for model in OWN:
        rows = model.objects.filter(lead__merged_into__isnull=False)
        found |= set(rows.values_list("lead", flat=True)[:SOME])
    return sorted(found)


def _models():
    others = settings.LEAD_PIPELINE["merged"]["moves"]
    return [*OWN, *(apps.get_model(name) for name in others)]


def _give(rows, column, winner):
    ids = sorted(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    if ids:
        rows.model.objects.filter(pk__in=ids).update(**{column: winner})
    return ids
