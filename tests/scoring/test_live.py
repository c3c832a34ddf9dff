"""An open page asks whether the score is still the newest: one small query each second."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.models import Lead
from scoring import scores, views
from tests.factories import (
    ActivityFactory,
    LeadFactory,
    RepFactory,
    RuleFactory,
    ScoringModelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = timezone.now()


@pytest.fixture
def model():
    model = ScoringModelFactory()
    RuleFactory(model=model, points=8, name="Looked at prices")
    return model


def live(lead):
    return reverse("scoring:live", args=[lead.pk])


def scored(lead, model, now):
    scores.rescore([lead.pk], model, now=now)
    return Lead.objects.get(pk=lead.pk)


def test_nothing_new_costs_a_query_beside_the_rights(rf, model, django_assert_num_queries):
    lead = scored(ActivityFactory(happened_at=NOW - timedelta(days=1)).lead, model, NOW)
    request = rf.get(live(lead), {"since": lead.scored_at.isoformat()})
    request.user = UserFactory()
    with django_assert_num_queries(2):
        answer = views.live(request, lead.pk)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_new_score_comes_with_its_grade_and_without_taking_the_focus(client, model):
    client.force_login(UserFactory())
    lead = ActivityFactory(happened_at=NOW - timedelta(days=1)).lead
    asked = {"since": "", "lines": "all"}
    assert client.get(live(lead), asked, headers=HTMX).status_code == 204
    lead = scored(lead, model, NOW)
    answer = client.get(live(lead), asked, headers=HTMX)
    html = answer.content.decode()
    assert "Score 8.00" in html
    assert "Looked at prices" in html
    assert '<span id="lead-grade" hx-swap-oob="true">' in html
    assert "data-focus" not in html
    assert "lines=all" in html
    assert client.get(live(lead), {"since": "x"}).status_code == 200


def test_only_who_sees_the_lead_is_answered(client, model):
    lead = LeadFactory()
    client.force_login(RepFactory())
    assert client.get(live(lead), {"since": ""}, headers=HTMX).status_code == 404
    client.logout()
    answer = client.get(live(lead), {"since": ""}, headers=HTMX)
    assert "HX-Redirect" in answer
