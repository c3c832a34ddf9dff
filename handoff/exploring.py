"""The exploration sample: a small random share of leads below the matrix, handed off and flagged,
so that what the definition misses is measured and not guessed.

Chance is a hash of version and lead, so a replay draws the same. On a day no more than the
agreement's cap of automatic handoffs are drawn, counted on their own; the others wait for another
day. Cycle.origin keeps them apart in every figure.
"""

from collections import Counter
from hashlib import sha256

from django.db import connection

from handoff import imported
from leads.lifecycle import UNQUALIFIED, Hold
from leads.models import Cycle, LeadEvent
from leads.perform import perform_many
from leads.words import today

ORIGIN = Cycle.Origin.EXPLORATION
_LOCK = 7_201_006
_PARTS = 10_000  # a share has two digits after the point


def take_turn(agreement):
    """While samples are drawn, batches are judged one after the other: each counts the last."""
    if agreement.exploration_share:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def explore(agreement, found, *, now):
    """`found`: rows of qualifying.judge. Returns those that are handed off."""
    ids = [one.pk for one in found if is_drawn(agreement, one.pk) and _is_low(one)]
    if not ids:
        return []
    room = agreement.automatic_cap - drawn_today(agreement, now, included=True)
    chosen = choose(agreement, ids, Cycle.objects.filter(lead__in=ids), room)
    moved = perform_many(chosen, "qualify", by=None, now=now, origin=ORIGIN).moved
    return perform_many(moved, "hand_off", by=None, now=now, origin=ORIGIN).moved


def choose(agreement, lead_ids, cycles, room, *, as_of=None):
    """Which of these unqualified leads without a path are taken, at most `room`.

    `cycles`: theirs so far, of which at most one by a sample under this version.
    """
    ids = [pk for pk in lead_ids if is_drawn(agreement, pk)]
    cycles = [cycle for cycle in cycles if cycle.lead_id in set(ids)]
    before = {one.lead_id for one in cycles if _is_of(one, agreement)}
    passes = Counter(one.lead_id for one in cycles)
    out = before | imported.silent(ids, as_of=as_of)
    free = [pk for pk in ids if pk not in out and passes[pk] < agreement.max_cycles]
    return sorted(free, key=lambda pk: (_number(agreement, pk), pk))[: max(room, 0)]


def is_drawn(agreement, pk):
    return _number(agreement, pk) < agreement.exploration_share * _PARTS / 100


def drawn_today(agreement, moment, *, included=False):
    """How many were taken on this day before the moment; those at it, too, if `included`."""
    until = "happened_at__lte" if included else "happened_at__lt"
    taken = LeadEvent.objects.filter(
        name="qualify", actor=None, happened_at__gte=today(moment), **{until: moment}
    )
    return taken.filter(details__origin=ORIGIN, details__agreement=agreement.version).count()


def _is_low(one):
    """Scored, free, and neither qualified nor vetoed."""
    free = one.stage == UNQUALIFIED and one.hold == Hold.NONE
    return free and one.grade and not one.path and not one.veto


def _number(agreement, pk):
    digest = sha256(f"{agreement.version}:{pk}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _PARTS


def _is_of(cycle, agreement):
    return cycle.origin == ORIGIN and cycle.agreement == agreement.version
