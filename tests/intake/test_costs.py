"""Campaign costs of a file: by day or month, none counted twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from intake.held import undoing
from leads.models import Campaign, CampaignCost
from tests.intake.conftest import reasons, totals
from tests.intake.history import import_kind

pytestmark = pytest.mark.django_db
COLUMNS = {
    "Campaign": "cost.campaign",
    "Day": "cost.on",
    "Spent": "cost.amount",
    "Ad": "cost.note",
    "Channel": "cost.channel",
}


def spend(*lines, header="Campaign,Day,Spent", **settings):
    columns = {name: COLUMNS[name] for name in header.split(",")}
    return import_kind("costs", "\n".join([header, *lines]), columns, **settings)


def costs():
    found = CampaignCost.objects.order_by("campaign", "on", "note")
    return list(found.values_list("campaign__name", "on", "amount"))


def test_costs_of_days_and_months_arrive_and_their_campaigns_with_them():
    Campaign.objects.create(name="Spring")
    job = spend("SPRING,2026-03-31,10.50,Ads", "Fair,2026-04,1000,Events", header="Campaign,Day,"
                "Spent,Channel")  # fmt: skip
    assert totals(job) == {"created": 2}
    assert costs() == [
        ("Spring", date(2026, 3, 31), Decimal("10.50")),
        ("Fair", date(2026, 4, 1), Decimal("1000.00")),
    ]
    assert Campaign.objects.get(name="Fair").channel == "Events"


def test_the_same_file_twice_changes_nothing_and_a_corrected_one_corrects():
    spend("Fair,2026-04-02,1000")
    assert totals(spend("Fair,2026-04-02,1000")) == {"unchanged": 1}
    assert totals(spend("fair,2.4.2026,900")) == {"updated": 1}
    assert costs() == [("Fair", date(2026, 4, 2), Decimal("900.00"))]


def test_two_rows_of_one_day_need_notes():
    job = spend("Fair,2026-04-02,1000", "Fair,2026-04-02,50", "Fair,2026-04-02,1000")
    assert totals(job) == {"created": 1, "unchanged": 1, "failed": 1}
    assert "a note of its own" in reasons(job)[3]
    spend("Fair,2026-04-02,1000,a", "Fair,2026-04-02,50,b", header="Campaign,Day,Spent,Ad")
    assert CampaignCost.objects.count() == 3


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",2026-04-02,5", "The campaign is missing."),
        ("Fair,,5", "The day or month is missing."),
        ("Fair,2026-04-02,", "The amount is missing."),
        ("Fair,2026-13,5", "is not in the calendar"),
        ("Fair,2026-04-02,-5", "is no amount"),
        ("Fair,2026-04-02,10000000000", "is no amount"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(row, words):
    job = spend(row)
    assert words in reasons(job)[2]
    assert not Campaign.objects.exists()


def test_a_campaign_is_not_created_when_the_mapping_says_so():
    job = spend("Fair,2026-04-02,5", update_only=True)
    assert "no campaign" in reasons(job)[2]
    assert totals(job) == {"skipped": 1}


def test_a_roll_back_puts_costs_back_but_for_what_was_changed_since():
    spend("Fair,2026-04-01,1", "Fair,2026-04-02,2")
    job = spend("Fair,2026-04-01,10", "Fair,2026-04-02,20", "Fair,2026-04-03,30")
    CampaignCost.objects.filter(on="2026-04-02").update(amount=99)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE intake_undo ON COMMIT DROP AS SELECT id, subject, subject_id,"
            " before, after, '' AS kept FROM intake_importchange WHERE job_id = %s",
            [job.pk],
        )
        undoing.costs()
        cursor.execute("SELECT count(*) FROM intake_undo WHERE kept <> ''")
        assert cursor.fetchone() == (1,)
    assert [amount for *_, amount in costs()] == [1, 99]
