"""MQLs week by week, as they were and as the draft would have had them.

A lead becomes an MQL in a week when it qualifies at the end of that week and did not at the end
of the week before, each judged as of then: by a path or by its grade, with no veto. Who was with
sales, a customer, lost or disqualified a week before does not count. Weeks end at the moment of the
preview. Both sides are counted so; holds and the margin are left out, because they hang on
decisions that the draft would have changed.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from math import floor

from django.db import connection
from django.db.models import Min

from handoff.preview.comparing import SIDES, qualifies
from leads.lifecycle import MQL, NURTURE, UNQUALIFIED
from leads.models import Lead

WEEK = timedelta(weeks=1)
BIN = 5  # points in one bar of the distribution


@dataclass
class Weeks:
    """`entered[side][i]`: MQLs of the week that ends at `ends[i]`, oldest first; `became[side]`:
    the leads behind them; `present`: {lead id: row} of who qualifies now on either side;
    `scores[side]`: {lowest points of a bar: leads in marketing's hands now}."""

    ends: list
    entered: dict = field(default_factory=dict)
    became: dict = field(default_factory=lambda: {side: set() for side in SIDES})
    present: dict = field(default_factory=dict)
    scores: dict = field(default_factory=lambda: {side: Counter() for side in SIDES})

    def __post_init__(self):
        self.entered = {side: [0] * len(self.ends) for side in SIDES}

    def per_week(self, side):
        return sum(self.entered[side]) / len(self.ends)


def ends(now, weeks):
    """The ends of the last `weeks` weeks, oldest first; of those only that had a lead already."""
    first = Lead.objects.aggregate(first=Min("created_at"))["first"] or now
    found = [now - WEEK * back for back in range(weeks - 1, 0, -1)]
    return [*[end for end in found if end > first], now]


def count(weeks, comparison, lead_ids, step):
    """Count these leads in; `step()` is called after each moment."""
    before = {side: set() for side in SIDES}
    away_before: set[int] = set()
    for i, moment in enumerate([weeks.ends[0] - WEEK, *weeks.ends]):
        mine, away = _standing(lead_ids, moment)
        rows = comparison.at(moment, sorted(mine | (away - away_before)))
        for side in SIDES:
            holds = {row["lead_id"] for row in rows if qualifies(row, side)}
            if i:
                fresh = holds - before[side] - away_before
                weeks.entered[side][i - 1] += len(fresh)
                weeks.became[side] |= fresh
            before[side] = holds
        away_before = away
        step()
    _keep_present(weeks, [row for row in rows if row["lead_id"] in mine])


def _keep_present(weeks, rows):
    for row in rows:
        for side in SIDES:
            weeks.scores[side][floor(row[f"{side}_score"] / BIN) * BIN] += 1
        if any(qualifies(row, side) for side in SIDES):
            weeks.present[row["lead_id"]] = row


def _standing(lead_ids, moment):
    """(in marketing's hands, elsewhere): which of these leads stood where, as of that moment. Who
    was not there yet is in neither."""
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, [[UNQUALIFIED, NURTURE, MQL], moment, lead_ids, moment])
        stood = cursor.fetchall()
    return {pk for pk, mine in stood if mine}, {pk for pk, mine in stood if not mine}


# Who has not moved yet is unqualified.
_STOOD = """
    SELECT lead.id, COALESCE(last.target, 'unqualified') = ANY(%s)
    FROM leads_lead AS lead LEFT JOIN LATERAL (
        SELECT target FROM leads_leadevent AS event
        WHERE event.lead_id = lead.id AND target <> '' AND happened_at <= %s
        ORDER BY id DESC LIMIT 1
    ) AS last ON true
    WHERE lead.id = ANY(%s) AND created_at <= %s
"""
