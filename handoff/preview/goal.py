"""How many MQLs the goal of an agreement needs, counted backwards with measured rates."""

import re

from django.db.models import Count, Q

from leads.models import Cycle

FEW = 30  # cycles that have ended: below it no rate is told
WEEKS = 52
# Before a word or the end, so that a percentage, a fraction or a date is none.
_NUMBER = re.compile(
    r"\s*(\d{1,3}(?:[ ,.\u00a0\u202f]\d{3})+|\d+)(?:\s+(?!per ?cent\b)[^\W\d_]|\s*$)",
    re.IGNORECASE,
)


def needed(goal):
    """MQLs a week for the customers a year that the words of `goal` begin with, counted backwards
    with the measured rate of MQL to customer: {customers, percent, ended, per_week}, or {why} it
    cannot be told."""
    number = _NUMBER.match(goal)
    customers = int(re.sub(r"\D", "", number[1])) if number else 0
    if not customers:
        return {"why": _NONE}
    ended = Cycle.objects.exclude(origin=Cycle.Origin.SALES).exclude(outcome="open")
    counts = ended.aggregate(ended=Count("pk"), won=Count("pk", filter=Q(outcome="won")))
    if counts["ended"] < FEW:
        why = "Too few cycles have ended ({ended}) to tell how many MQLs become customers."
        return {"why": why.format(**counts)}
    if not counts["won"]:
        return {"why": "No MQL has become a customer yet, so there is no rate to count with."}
    rate = counts["won"] / counts["ended"]
    return {
        "customers": customers,
        "percent": round(100 * rate, 1),
        "ended": counts["ended"],
        "per_week": customers / WEEKS / rate,
    }


_NONE = (
    "No number was found in the goal of the agreement: it is read where the goal begins with it,"
    " as in “40 new customers this year”."
)
