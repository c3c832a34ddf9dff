"""The sentence that a rep would say aloud: of what is known, and of nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.saying import sentence
from leads.models import Company, Lead

NOW = datetime(2026, 5, 21, 10, 24, tzinfo=UTC)


def deed(kind, minutes, subject="", body=""):
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"kind": kind, "subject": subject, "body": body, "at": at}


def lead(**fields):
    return Lead(**{"first_name": "Lukáš", "last_name": "Horák", "created_at": NOW} | fields)


@pytest.mark.parametrize(
    ("fields", "deeds", "said"),
    [
        (
            {"company": Company(name="Sázava Strojírny"), "interest": "tariff forecasts"},
            [deed("demo_request", 49, body="For two halls.")],
            "Lukáš Horák of Sázava Strojírny asked for a demo 49 minutes ago, wrote ‘For two halls’"
            " and is interested in tariff forecasts.",
        ),
        (
            {},  # the hand-raise comes first, whatever came after it; a page once
            [
                deed("page_view", 3, "/pricing"),
                deed("contact_request", 60),
                deed("page_view", 90, "/pricing"),
            ],
            "Lukáš Horák asked to be contacted 1 hour ago and visited /pricing 3 minutes ago.",
        ),
        (
            {},
            [deed("webinar", 0, "Tariffs"), deed("webinar", 9, "Tariffs"), deed("meeting", 2880)],
            "Lukáš Horák attended a webinar “Tariffs” just now and met us 2 days ago.",
        ),
        ({"source": "Hannover fair"}, [], "Lukáš Horák came by Hannover fair just now."),
        ({}, [], "Lukáš Horák came just now."),
        (
            {"first_name": "", "last_name": "", "interest": "Metering", "city": "Jihlava"},
            [],
            "Metering lead from Jihlava came just now and is interested in Metering.",
        ),
    ],
)
def test_who_what_they_did_last_and_what_they_want(fields, deeds, said):
    assert sentence(lead(**fields), deeds, NOW) == said


def test_what_somebody_wrote_is_cut_where_it_is_long():
    said = sentence(lead(), [deed("demo_request", 5, body="word " * 200)], NOW)
    assert said.count("word") == 24
    assert "…" in said
