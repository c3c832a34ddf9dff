"""Many leads of which it is known how they ended, for tests of calibration."""

from datetime import UTC, datetime, timedelta

import numpy as np

from leads.models import Lead, LeadAttributes
from tests.factories import AttributeFactory

NOW = datetime(2026, 5, 21, 10, 24, tzinfo=UTC)
# What was planted, in log-odds.
INDUSTRY, SEATS, NEWSLETTER = 1.6, 1.2, -1.0


def planted(number, *, shuffled=False, seed=6):
    """Leads with attributes that tell their outcome, and one (`region`) that does not."""
    random = np.random.default_rng(seed)
    facts = {
        "industry": random.choice(["Metal", "Food", "Paper", "Glass"], number),
        "seats": random.choice([20, 50, 100, 180], number),
        "newsletter": random.random(number) < 0.4,
        "region": random.choice(["North", "South", "East"], number),
    }
    odds = (
        -1.2
        + INDUSTRY * (facts["industry"] == "Metal")
        + SEATS * (facts["seats"] >= 100)
        + NEWSLETTER * facts["newsletter"]
    )
    won = random.random(number) < 1 / (1 + np.exp(-odds))
    if shuffled:
        won = random.permutation(won)
    for code, kind in KINDS.items():
        after = "after_outcome" if code == "converted" else "unknown"
        AttributeFactory(code=code, label=code.capitalize(), kind=kind, known_since=after)
    values = [
        {
            "industry": str(facts["industry"][i]),
            "seats": int(facts["seats"][i]),
            "newsletter": bool(facts["newsletter"][i]),
            "region": str(facts["region"][i]),
            "converted": bool(won[i]),
            "number": i,
        }
        for i in range(number)
    ]
    return leads_with(values)


KINDS = {
    "industry": "text",
    "seats": "number",
    "newsletter": "boolean",
    "region": "text",
    "converted": "boolean",
    "number": "number",
}


def leads_with(values):
    """One lead for each dict of custom attributes, a minute apart."""
    leads = Lead.objects.bulk_create(
        Lead(email=f"lead{i}@many.example", created_at=_minute(i), stage_at=_minute(i))
        for i in range(len(values))
    )
    LeadAttributes.objects.bulk_create(
        LeadAttributes(lead=lead, values=own) for lead, own in zip(leads, values, strict=True)
    )
    return leads


def _minute(i):
    return NOW - timedelta(days=60) + timedelta(minutes=i)
