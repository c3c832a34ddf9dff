"""Do the laws of the domain hold for every lead? Asked by `manage.py check_leads`, by the scheduler
each night, and by a manager on the page of checks."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from handoff import reviewing
from handoff.laws import LAWS
from leads import cycles
from leads.models import Lead
from scoring.models import Computation
from scoring.starting import start_once

KIND, SHOWN = "checks", 50
SOME = 50_000


@dataclass(frozen=True)
class Problem:
    law: int
    lead_id: int
    words: str


def problems():
    """Every broken law with the lead that breaks it; an empty list is the only good answer."""
    return [Problem(law, lead_id, words) for law, words, ids in _answers() for lead_id in ids]


def ask(*, by, now):
    """Check in the background; who asks while that is on its way gets the one that is."""
    return start_once(KIND, {}, by=by, now=now)


def latest():
    """(the newest check that is done, a newer one that is not); Nones."""
    rows = list(Computation.objects.filter(kind=KIND).order_by("-pk")[:5])
    done = next((row for row in rows if row.state == Computation.State.DONE), None)
    newer = next((row for row in rows if done is None or row.pk > done.pk), None)
    return done, newer


def compute(_params, progress):
    """{"leads": how many were checked, "laws": [{"law", "words", "found", "leads": ids}]}."""
    progress.begin(len(LAWS) + 2)
    said: dict = {"leads": Lead.objects.count(), "laws": []}
    for law, words, ids in _answers():
        progress.step(words)
        said["laws"].append(
            {"law": law, "words": words, "found": len(ids), "leads": sorted(ids)[:SHOWN]}
        )
    return said


def _answers():
    """(law, what is wrong, ids of the leads), one law after another."""
    for law, words, sql in LAWS:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            ids = [pk for (pk,) in cursor.fetchall()]
        yield law, words, ids
    yield 5, "it stands in a wrong view of the review", reviewing.misplaced(timezone.now())
    yield 6, "a cycle differs from the fold of its events", _unfolded()


def _unfolded():
    return cycles.differing(Lead.objects.values_list("pk", flat=True).iterator(SOME))
