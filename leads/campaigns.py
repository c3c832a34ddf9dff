"""Campaigns: which one a touch belongs to, and what came of each."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from leads.models import Campaign, CampaignCost, Lead


def campaign_for(*, on=None, **utm):
    """The campaign of a link with these values (source, medium, campaign, content, term), or None.

    All patterns of a campaign must match. Of several that do, the one which says most; then the
    one that runs `on` that day, for whoever uses the same links each year.
    """
    return choose(list(Campaign.objects.all()), utm, on=on)


def choose(campaigns, utm, *, on=None):
    """As campaign_for, among campaigns that were read already: for a batch."""
    fitting = [one for one in campaigns if _fits(one, utm)]
    return max(fitting, key=lambda one: (_precision(one), _runs(one, on), -one.pk), default=None)


@dataclass
class Results:
    """What came of a campaign: numbers of leads. MQL, SQL and won are those of its cycles; what a
    merged lead did is its winner's."""

    leads: int = 0
    mqls: int = 0
    sqls: int = 0
    won: int = 0


def results(campaign_ids):
    """{campaign id: Results} in two queries; a lead with two cycles counts once."""
    found = {pk: Results() for pk in campaign_ids}
    leads = Lead.objects.unmerged().filter(campaign__in=campaign_ids).order_by()
    for pk, n in leads.values_list("campaign").annotate(Count("pk")):
        found[pk].leads = n
    with connection.cursor() as cursor:
        cursor.execute(_PASSED, [list(campaign_ids)])
        for pk, *passed in cursor.fetchall():
            found[pk].mqls, found[pk].sqls, found[pk].won = passed
    return found


def costs_by_month(campaign):
    """[(first day of the month: date, amount: Decimal)], the newest first."""
    costs = CampaignCost.objects.filter(campaign=campaign).order_by()
    months = costs.annotate(month=TruncMonth("on")).values_list("month")
    found: list[tuple[date, Decimal]] = list(months.annotate(Sum("amount")).order_by("-month"))
    return found


def _fits(campaign, utm):
    return all(
        _matches(pattern, utm.get(name) or "") for name, pattern in campaign.patterns.items()
    )


def _matches(pattern, text):
    """Part by part from the left: the first that fits is the right one, however long the text."""
    first, *parts = pattern.casefold().split("*")
    text = text.strip().casefold()
    if not parts:
        return text == first
    if not text.startswith(first):
        return False
    *between, last = parts
    place = len(first)
    for part in between:
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return len(text) - len(last) >= place and text.endswith(last)


def _precision(campaign):
    """How many values it names, then how many letters of them."""
    patterns = campaign.patterns.values()
    return len(patterns), sum(len(pattern.replace("*", "")) for pattern in patterns)


def _runs(campaign, on):
    begun = campaign.starts_on is None or (on is not None and campaign.starts_on <= on)
    return begun and (campaign.ends_on is None or (on is not None and on <= campaign.ends_on))


# Joined with those few leads that were merged, and not with all.
_PASSED = """
    SELECT campaign_id, count(DISTINCT whose),
        count(DISTINCT whose) FILTER (WHERE qualified_at IS NOT NULL),
        count(DISTINCT whose) FILTER (WHERE outcome = 'won')
    FROM (
        SELECT c.campaign_id, c.qualified_at, c.outcome,
            coalesce(part.merged_into_id, c.lead_id) AS whose
        FROM leads_cycle c LEFT JOIN leads_lead part
            ON part.id = c.lead_id AND part.merged_into_id IS NOT NULL
        WHERE c.campaign_id = ANY(%s)
    ) passed GROUP BY 1
"""
