"""Load per rep against a capacity."""

from datetime import timedelta

import pytest
from django.utils import timezone

from handoff.preview import load
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, TeamFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGO = NOW - timedelta(days=3)
SINCE = NOW - timedelta(weeks=4)


def result(reps, now=2.0, draft=3.0):
    return {"load": reps, "per_week": {"now": now, "draft": draft}}


def test_a_handoff_counts_for_its_rep_and_a_teams_in_equal_parts():
    team = TeamFactory()
    rita, tom = (RepFactory(first_name=name, last_name="", team=team) for name in ("Rita", "Tom"))
    RepFactory(first_name="Gone", is_active=False)
    for _ in range(4):
        story.handed_off(to=rita, now=AGO)
    story.handed_off(to=tom, now=SINCE - timedelta(days=1))  # before these weeks
    lead = story.an_mql(now=AGO)
    perform(lead, "hand_off", by=story.UserFactory(), now=AGO, to_team=team, offer_to_team=True)
    found = load.per_rep(SINCE, NOW, 4)
    assert [(one["name"], one["now"]) for one in found] == [("Rita", 1.125), ("Tom", 0.125)]


def test_the_draft_shares_its_mqls_as_today():
    reps = [{"name": name, "now": now} for name, now in (("Rita", 6.0), ("Tom", 3.6), ("Ada", 2.0))]
    table = load.table(result(reps), 6)
    assert [(r["draft"], r["state"], r["by"]) for r in table["rows"]] == [
        (9.0, "over", "3.0"),
        (pytest.approx(5.4), "nearly", "0.6"),
        (3.0, "free", "3.0"),
    ]
    assert (table["team"]["capacity"], table["team"]["state"]) == (18, "nearly")


def test_without_a_capacity_the_busiest_of_today_just_manages():
    assert load.table(result([{"name": "Rita", "now": 6.4}]), 0)["capacity"] == 6
    assert load.table(result([]), 0)["rows"] == []


def test_without_mqls_the_load_of_the_draft_cannot_be_told():
    table = load.table(result([{"name": "Rita", "now": 1.0}], now=0), 6)
    assert table["rows"][0]["draft"] is None
