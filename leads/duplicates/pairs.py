"""Pairs of leads that may be one person: listed for who decides, dismissed, named, merged."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from leads import paging
from leads.duplicates import choosing
from leads.duplicates.likeness import words
from leads.models import DuplicatePair, Lead, Merge
from leads.refusals import Conflict

State = DuplicatePair.State
SIZE, FEW = 20, 5
NAMED = ["said"]  # the sign of a pair that a person named; no search takes it back


def listed(state, *, after="", before=""):
    """One page of pairs (leads.paging.Page), the likeliest first, each with its words, with who
    would stay (`winner`, `loser`), and its Merge where it is merged."""
    found = DuplicatePair.objects.filter(state=state)
    rows = DuplicatePair.objects.select_related(
        "one__company", "other__company", "one__owner", "other__owner", "decided_by"
    )
    page = paging.page(found, "-likeness", rows=rows, after=after, before=before, size=SIZE)
    losers = [pk for row in page.rows for pk in (row.one_id, row.other_id)]
    asked = losers if state == State.MERGED else []
    merges = {one.loser_id: one for one in Merge.objects.filter(loser__in=asked, unmerged_at=None)}
    for row in page.rows:
        row.words = words(row.signs)
        row.winner, row.loser = choosing.in_order(row.one, row.other)
        row.merge = merges.get(row.one_id) or merges.get(row.other_id)
        if row.merge and row.merge.loser_id != row.loser.pk:
            row.winner, row.loser = row.loser, row.winner
    return page


def beside():
    """Columns of leads: `parts`, the leads that became part of each, and `likely`, the ids of pairs
    in which somebody should look whether it is there twice."""
    parts = Lead.objects.filter(merged_into=OuterRef("pk")).order_by("pk")
    said = JSONObject(pk="pk", first=F("first_name"), last=F("last_name"), email=F("email"))
    mine = Q(one=OuterRef("pk")) | Q(other=OuterRef("pk"))
    likely = DuplicatePair.objects.filter(mine, state=State.OPEN).order_by("-likeness", "-pk")
    return {
        "parts": ArraySubquery(parts.values(said=said)[:FEW]),
        "likely": ArraySubquery(
            likely.values(said=JSONObject(one="one_id", other="other_id"))[:FEW]
        ),
    }


def counts():
    """{state: pairs}, as far as a page tells them exactly."""
    return {
        state: DuplicatePair.objects.filter(state=state)[: paging.EXACT + 1].count()
        for state in State
    }


def dismiss(pk, *, by, now):
    """Two people: the search does not bring this pair again. Returns the pair."""
    return _decide(pk, State.OPEN, State.DISMISSED, by, now)


def bring_back(pk, *, by, now):
    return _decide(pk, State.DISMISSED, State.OPEN, by, now)


def name(lead_id, other_id, *, now):
    """A person says that these two are one; it is listed first, also when it had been dismissed."""
    said = {"likeness": 100, "signs": NAMED, "state": State.OPEN, "found_at": now}
    one, other = sorted((lead_id, other_id))
    pair, made = DuplicatePair.objects.get_or_create(one_id=one, other_id=other, defaults=said)
    if not made and pair.state != State.MERGED:
        DuplicatePair.objects.filter(pk=pair.pk).update(**said, decided_at=None, decided_by=None)


def merged(winner, loser, *, by, now):
    """They are one lead now."""
    _settle(winner, loser, State.MERGED, by, now)


def unmerged(winner, loser, *, by, now):
    """They are two, and nobody asks again."""
    _settle(winner, loser, State.DISMISSED, by, now)


def _settle(winner, loser, state, by, now):
    one, other = sorted((winner.pk, loser.pk))
    said = {"state": state, "decided_at": now, "decided_by": by}
    first = {"likeness": 100, "signs": NAMED, "found_at": now}
    DuplicatePair.objects.update_or_create(
        one_id=one, other_id=other, defaults=said, create_defaults=said | first
    )


def _decide(pk, was, state, by, now):
    here = DuplicatePair.objects.filter(pk=pk, state=was)
    if not here.update(state=state, decided_at=now, decided_by=by):
        raise Conflict(_("Somebody decided about this pair already."))
    return DuplicatePair.objects.select_related("one", "other").get(pk=pk)
