"""Everybody in marketing can read how points are given."""

import pytest
from django.utils import timezone

from accounts import roles
from handoff import starters
from scoring.models import ScoringModel
from tests.factories import RepFactory, RuleFactory, ScoringModelFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_rules_stand_there_in_words(client, django_assert_max_num_queries):
    model = starters.load("b2b_software").scoring_model
    ScoringModel.objects.filter(pk=model.pk).update(published_at=timezone.now())
    draft = ScoringModelFactory(version=model.version + 1)
    RuleFactory(model=draft, points="2.5", condition={"did": "webinar", "days": 30})
    client.force_login(UserFactory(role=roles.MARKETER))
    with django_assert_max_num_queries(11):
        page = client.get("/scoring/").content.decode()
    assert "Looked at prices" in page
    assert "Visited a page with a subject that contains /pricing in the last 60 days" in page
    assert "5.00 each" in page
    assert "A from 38, B from 28, C from 15, else D" in page
    assert "1 from 30, 2 from 18, 3 from 8, else 4" in page
    assert "Proposed" in page
    assert "Agreement v1" in page
    page = client.get(f"/scoring/models/{draft.version}/").content.decode()
    assert "Attended a webinar in the last 30 days" in page
    assert "2.50 each" in page


def test_without_a_model_it_says_what_to_do(client):
    client.force_login(UserFactory(role=roles.SALES_MANAGER))
    page = client.get("/scoring/").content.decode()
    assert "There is no scoring model yet." in page
    assert 'href="/scoring/import/"' in page


@pytest.mark.parametrize("version", [7, 10**12, 10**30])
def test_an_unknown_version_is_not_found(client, version):
    client.force_login(UserFactory())
    assert client.get(f"/scoring/models/{version}/").status_code == 404
    assert client.get(f"/scoring/panel/{version}/").status_code == 404


def test_reps_do_not_read_the_model(client):
    client.force_login(RepFactory())
    assert client.get("/scoring/").status_code == 403
