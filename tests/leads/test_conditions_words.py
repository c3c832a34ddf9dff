"""Conditions in words: each node, as one would say it."""

import pytest

from leads.conditions import words
from leads.models import Attribute, Campaign

ATTRIBUTES = [
    Attribute(code="until", label="Contract until", kind="date", known_since="unknown"),
    Attribute(code="tier", label="Tier", kind="text", archived_at="2026-01-01T00:00Z"),
    Attribute(code="won", label="Converted", kind="boolean", known_since="after_outcome"),
]
COUNTRY = {"field": "lead.country", "op": "in", "value": ["DE", "AT"]}
CUSTOMER = {"field": "company.relationship", "op": "is", "value": "customer"}
PRICING = {"property": "subject", "op": "is", "value": "/pricing"}
LONG = {"property": "time", "op": "gte", "value": 60}

SAID = [
    (COUNTRY, "country is one of DE, AT"),
    ({**COUNTRY, "value": list("abcdefghijkl")},
     "country is one of a, b, c, d, e, f, g, h, i, j and 2 more"),
    (CUSTOMER, "company relationship is Customer"),
    ({"field": "lead.company", "op": "empty"}, "company is empty"),
    ({"field": "lead.do_not_contact", "op": "is", "value": True}, "do not contact is yes"),
    ({"field": "company.employees", "op": "between", "value": [10, 50]},
     "company employees is between 10 and 50"),
    ({"field": "attr.until", "op": "within_days", "value": 1},
     "Contract until is within the last 1 day"),
    ({"field": "attr.until", "op": "before", "value": "2026-05-12"},
     "Contract until is before 2026-05-12"),
    ({"field": "attr.tier", "op": "is", "value": "gold"}, "Tier (archived) is gold"),
    ({"field": "attr.won", "op": "is", "value": True},
     "Converted (known after the outcome and barred from rules) is yes"),
    ({"field": "lead.created_at", "op": "within_days", "value": 7},
     "created is within the last 7 days"),
    ({"field": "bant.budget", "op": "in", "value": ["partly", "yes"]},
     "budget (BANT) is one of partly, yes"),
    ({"field": "discovery.right_contact", "op": "is", "value": False}, "right for us is no"),
    ({"field": "attr.unknown", "op": "not_empty"}, "unknown is not empty"),
    ({"did": "page_view", "where": [PRICING], "times": 2, "days": 30},
     "visited /pricing at least 2 times in the last 30 days"),
    ({"did": "page_view"}, "visited a page"),
    ({"did": "page_view", "where": [PRICING, LONG], "days": 1},
     "visited /pricing with a time that is at least 60 in the last 1 day"),
    ({"did": "form", "where": [{"property": "subject", "op": "contains", "value": "demo"}]},
     "filled in a form with a subject that contains demo"),
    ({"did": "demo_request", "where": [PRICING]},
     "asked for a demo with a subject that is /pricing"),
    ({"did_not": "any", "days": 90}, "did not do anything in the last 90 days"),
    ({"did_not": "email_open", "where": [PRICING]}, "did not open /pricing"),
    ({"returned": {"on_days": 3, "within_days": 30}},
     "returned on at least 3 different days within 30 days"),
    ({"last": "page_view", "more_than_days_ago": 30},
     "last visited a page more than 30 days ago"),
    ({"first": "any", "more_than_days_ago": 1}, "first did anything more than 1 day ago"),
    ({"stage": "is_in", "in": ["mql", "sal"]}, "is in MQL or SAL"),
    ({"stage": "was_in", "in": ["customer"]}, "was in Customer"),
    ({"stage": "entered", "in": ["handed_off"], "days": 7},
     "entered Handed off in the last 7 days"),
    ({"touch": {"source": "google", "landing_page": "/de"}},
     "came by source google and landing page /de"),
    ({"touch": {"source": "goo"}, "op": "contains"}, "came by source containing goo"),
    ({"all": [COUNTRY]}, "country is one of DE, AT"),
    ({"none": [CUSTOMER]}, "none of: company relationship is Customer"),
    ({"all": [COUNTRY, {"any": [CUSTOMER, {"did": "form"}]}, {"none": [CUSTOMER]}]},
     "all of: country is one of DE, AT; (any of: company relationship is Customer; filled in a"
     " form); (none of: company relationship is Customer)"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "said"), SAID)
def test_words(condition, said):
    assert words(condition, ATTRIBUTES) == said


@pytest.mark.django_db
def test_campaigns_are_called_by_name():
    campaign = Campaign.objects.create(name="Spring fair")
    known = {"field": "lead.campaign", "op": "is", "value": campaign.pk}
    assert words(known) == "campaign is Spring fair"
    assert words({"touch": {"campaign": campaign.pk}}) == "came by campaign Spring fair"
    assert words({**known, "value": 999}) == "campaign is 999"
