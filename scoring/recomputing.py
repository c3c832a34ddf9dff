"""Is each stored score, also of the past, what its model gives as of its moment?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from leads.models import Lead
from scoring import scores, versions
from scoring.models import ScoreChange

SOME = 5_000  # leads in one statement


@dataclass(frozen=True)
class Difference:
    at: datetime
    lead_id: int
    history: str
    replay: str


def moments(since=None):
    """(moment, version of the model) of all stored scores, the oldest first."""
    found = set()
    for rows in _stored():
        rows = rows.filter(when__gte=since) if since else rows
        found |= set(rows.values_list("when", "by").distinct())
    return sorted(found)


def recompute(moment):
    """(differences, stored scores, leads scored again) of one of the moments."""
    at, version = moment
    stored, found = defaultdict(set), []
    for rows in _stored():
        for lead, *points in rows.filter(when=at, by=version).values_list("whose", *_POINTS):
            stored[lead].add(tuple(points))
    for lead, again in _scored_again(list(stored), at, version):
        found += [
            Difference(at, lead, _words(was), _words(again))
            for was in sorted(stored[lead] - {again})
        ]
    return found, sum(map(len, stored.values())), len(stored)


_POINTS = ["score", "fit", "engagement", "grade"]


def _stored():
    """What was noted then, and what stands at the leads now."""
    noted = ScoreChange.objects.annotate(when=F("at"), by=F("model"), whose=F("lead"))
    present = Lead.objects.annotate(when=F("scored_at"), by=F("scored_by"), whose=F("pk"))
    return noted.order_by(), present.exclude(scored_at=None).order_by()


def _scored_again(ids, at, version):
    if rulebook := versions.of(version):
        for start in range(0, len(ids), SOME):
            for row in scores.rows(rulebook, ids[start : start + SOME], now=at, as_of=at):
                yield row["lead_id"], tuple(row[name] for name in _POINTS)
    else:
        yield from ((lead, None) for lead in ids)


def _words(points):
    if points is None:
        return "there is no such model"
    score, fit, engagement, grade = points
    return f"{score:.2f} {grade}: fit {fit:.2f}, engagement {engagement:.2f}"
