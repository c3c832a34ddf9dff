"""Content that helped or was missing: what counts as one text, when, and behind which leads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import content
from handoff.models import Discovery
from tests.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return RepFactory()


def call(rep, *, helped="", missing="", days=1, lead=None):
    lead = lead or LeadFactory()
    Discovery.objects.create(
        lead=lead,
        by=rep,
        held_at=timezone.now() - timedelta(days=days),
        outcome="ready",
        content_helped=helped,
        content_missing=missing,
    )
    return lead


def counted(days=30):
    found = content.counted(UserFactory(), days, now=timezone.now())
    return [[(one.text, one.count, one.leads) for one in rows] for rows in found]


def test_case_and_space_make_no_other_text(rep):
    first = call(rep, helped="Tariff guide", days=2)
    second = call(rep, helped=" tariff  GUIDE\t")
    third = call(rep, helped="Tariff guides", missing="Prices")
    assert counted() == [
        [("Tariff guide", 2, [first, second]), ("Tariff guides", 1, [third])],
        [("Prices", 1, [third])],
    ]


def test_only_calls_of_the_time_count(rep):
    call(rep, missing="Prices", days=40)
    assert counted(30) == [[], []]
    assert [one[:2] for one in counted(90)[1]] == [("Prices", 1)]


def test_nothing_said_is_nothing_and_a_lead_counts_once_behind_two_calls(rep):
    call(rep, helped="  ")
    lead = call(rep, helped="Guide")
    call(rep, helped="guide", lead=lead, days=2)
    assert counted()[0] == [("guide", 2, [lead])]


def test_the_page_shows_counts_and_leads_of_the_chosen_time(client, rep):
    lead = call(rep, helped="<b>Guide</b>", days=60)
    client.force_login(UserFactory())
    page = client.get("/feedback/?tab=content&days=90").content.decode()
    assert "&lt;b&gt;Guide&lt;/b&gt;" in page
    assert f'href="{lead.get_absolute_url()}"' in page
    assert "1 call" in page
    for days in ("", "x", "9" * 5000, "-1"):
        page = client.get(f"/feedback/?tab=content&days={days}").content.decode()
        assert "No call named any in this time." in page
