"""Two companies' real pasts: every count that is known of them is answered by the database."""

import gzip
from collections import Counter
from statistics import median

import pytest

from handoff.models import Opportunity
from leads.models import Cycle, Lead, LeadAttributes
from tests.factories import RepFactory, TeamFactory
from tests.intake.conftest import totals
from tests.intake.history import assert_lawful, import_kind

pytestmark = pytest.mark.django_db
MQLS = {
    "mql_id": "lead.external_id",
    "email": "lead.email",
    "first_contact_date": "history.became_mql_at",
    "landing_page_id": {"to": "attr.landing_page", "kind": "text"},
    "origin": "lead.source",
}
DEALS = {
    "mql_id": "lead.external_id",
    "email": "lead.email",
    "won_date": "history.won_at",
    **{
        name: {"to": f"attr.{name}", "kind": "text", "known_since": "after_outcome"}
        for name in ("seller_id", "sdr_id", "sr_id", "business_segment", "lead_type")
    },
}


def test_every_count_of_olist(shared, expected):
    answer = expected("olist")
    files = [
        ((shared / f"olist/{name}.csv.gz").read_bytes(), columns)
        for name, columns in (("mqls", MQLS), ("closed_deals", DEALS))
    ]
    made = [totals(import_kind("history", *one)) for one in files]
    assert made == [{"created": 8000}, {"updated": 842}]
    cycles = list(
        Cycle.objects.values_list("source", "opened_at", "closed_at", "outcome", named="cycle")
    )
    outcomes = Counter(cycle.outcome for cycle in cycles)
    assert outcomes == {"open": 7158, "won": 842}
    assert Counter(Lead.objects.values_list("stage", flat=True)) == {"mql": 7158, "customer": 842}
    assert Opportunity.objects.filter(status="won").count() == Opportunity.objects.count() == 842
    assert _totals(cycles) == answer["totals"]
    months = Counter(f"{cycle.opened_at:%Y-%m}" for cycle in cycles)
    assert months == answer["mqls_by_month"]
    by_origin = answer["by_origin"]
    assert _by_origin(cycles) == {name: _rounded(facts) for name, facts in by_origin.items()}
    assert_lawful()
    assert [totals(import_kind("history", *one)) for one in files] == [
        {"unchanged": 8000},
        {"unchanged": 842},
    ]


def _totals(cycles):
    won = [cycle.closed_at for cycle in cycles if cycle.outcome == "won"]
    opened = [cycle.opened_at.date().isoformat() for cycle in cycles]
    values = list(LeadAttributes.objects.values_list("values", flat=True))
    different = {
        name: len({one[key] for one in values if key in one})
        for name, key in (
            ("landing_pages", "landing_page"),
            ("sdrs", "sdr_id"),
            ("srs", "sr_id"),
            ("sellers", "seller_id"),
        )
    }
    return {
        "mqls": len(cycles),
        "won": len(won),
        "conversion": len(won) / len(cycles),
        "first_contact_min": min(opened),
        "first_contact_max": max(opened),
        "won_min": f"{min(won):%Y-%m-%d %H:%M:%S}",
        "won_max": f"{max(won):%Y-%m-%d %H:%M:%S}",
        "origins": len({cycle.source for cycle in cycles}),
        **different,
    }


def _by_origin(cycles):
    found = {}
    for origin in {cycle.source for cycle in cycles}:
        mine = [cycle for cycle in cycles if cycle.source == origin]
        days = sorted(
            (cycle.closed_at.date() - cycle.opened_at.date()).days
            for cycle in mine
            if cycle.outcome == "won"
        )
        found[origin or "(empty)"] = _rounded(
            {
                "mqls": len(mine),
                "won": len(days),
                "conversion": len(days) / len(mine),
                "time_to_won": {
                    "n": len(days),
                    "median_days": median(days),
                    "mean_days": sum(days) / len(days),
                    "min_days": days[0],
                    "max_days": days[-1],
                    "p25": _quantile(days, 0.25),
                    "p75": _quantile(days, 0.75),
                    "p90": _quantile(days, 0.9),
                },
            }
        )
    return found


def _rounded(facts):
    """As exact as the expectation is."""
    times = {name: round(float(value), 2) for name, value in facts["time_to_won"].items()}
    return facts | {"conversion": round(facts["conversion"], 4), "time_to_won": times}


def _quantile(ordered, part):
    """Between its two neighbours in proportion, as the expectation defines it."""
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def test_every_opportunity_of_maven(shared):
    data = (shared / "maven/sales_pipeline.csv.gz").read_bytes()
    agents = {line.split(",")[1] for line in gzip.decompress(data).decode().splitlines()[1:]}
    team = TeamFactory()
    emails = {agent: RepFactory(team=team).email for agent in sorted(agents)}
    columns = {
        "opportunity_id": "history.opportunity",
        "sales_agent": {"to": "history.owner", "values": emails},
        "product": {"to": "history.product", "values": {"gtxpro": "GTX Pro"}},
        "account": "company.name",
        "deal_stage": {
            "to": "history.stage",
            "values": {"Prospecting": "sal", "Engaging": "sql"},
        },
        "engage_date": "history.qualified_at",
        "close_date": "history.closed_at",
        "close_value": "history.amount",
    }
    job = import_kind("history", data, columns)
    assert totals(job) == {"created": 8800}
    deals = Counter(Opportunity.objects.values_list("status", flat=True))
    assert deals == {"won": 4238, "lost": 2473, "open": 1589, "potential": 500}
    assert Lead.objects.filter(company=None).count() == 1425
    products = set(Opportunity.objects.values_list("product", flat=True))
    sold = gzip.decompress((shared / "maven/products.csv.gz").read_bytes()).decode().splitlines()
    assert products == {line.split(",")[0] for line in sold[1:]}
    ids = Opportunity.objects.values_list("external_id", "lead__external_id")
    assert all(deal == lead for deal, lead in ids)
    assert_lawful()
