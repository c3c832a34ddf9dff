"""The line of a score: every step of the last 90 days, and in words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.models import Lead
from scoring import scores
from scoring.models import ScoreChange
from scoring.sparkline import sparkline
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    RuleFactory,
    ScoringModelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def lead():
    """Scored each day from ten days ago on; every third day it looks at a page."""
    model = ScoringModelFactory()
    RuleFactory(model=model, points=8, decay="half_life", decay_days=2)
    lead = LeadFactory(created_at=NOW - timedelta(days=200))
    for day in range(10, 0, -1):
        at = NOW - timedelta(days=day)
        if day % 3 == 1:
            ActivityFactory(lead=lead, happened_at=at)
        scores.rescore([lead.pk], model, now=at)
    return Lead.objects.get(pk=lead.pk)


def test_a_change_is_noted_when_the_score_passes_a_whole_point(lead):
    noted = [float(one.score) for one in ScoreChange.objects.filter(lead=lead).order_by("id")]
    assert noted == [8, 5.66, 4, 10.83, 7.66, 5.41, 11.83, 8.36, 5.91, 12.18]


def test_a_grade_is_noted_though_the_points_stay():
    model, lead = ScoringModelFactory(), LeadFactory()
    scores.rescore([lead.pk], model, now=NOW)
    scores.rescore([lead.pk], model, now=NOW)
    assert [one.grade for one in ScoreChange.objects.filter(lead=lead)] == ["D4"]


def test_the_line_stays_in_its_box_and_goes_up(lead):
    line = sparkline(lead, NOW)
    corners = [tuple(map(float, corner.split(","))) for corner in line.points.split()]
    assert len(corners) == 20
    assert all(0 <= x <= 120 and 2 <= y <= 22 for x, y in corners)
    assert corners[-1] == (120, 2)
    assert (line.first, float(line.last)) == (8, 12.18)


def test_what_did_not_move_has_no_line(lead):
    assert sparkline(lead, NOW + timedelta(days=100)) is None
    assert sparkline(LeadFactory(), NOW) is None


def test_the_card_shows_it_with_its_words(client, lead):
    client.force_login(UserFactory())
    card = client.get(reverse("scoring:panel", args=[lead.pk])).content.decode()
    assert "<polyline" in card
    assert "From 8.00 to 12.18 since" in card
