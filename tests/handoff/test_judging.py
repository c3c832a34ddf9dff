"""What judging costs: the conditions of the agreement are asked once for all that follows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handoff import judging
from tests import story
from tests.factories import ActivityFactory, CompanyFactory, LeadFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_one_statement_judges_all_and_one_places_them_in_the_review():
    agreement = story.agreement_in_force(now=NOW - timedelta(days=30))
    company = CompanyFactory()
    LeadFactory(company=company), LeadFactory(company=company, stage="lost")
    raised = LeadFactory(company=company)  # in review, because what sales wants is missing
    ActivityFactory(lead=raised, kind="demo_request", happened_at=NOW, recorded_at=NOW)
    assert judging.judge_stale(NOW) == 3
    judging.tick()
    with CaptureQueriesContext(connection) as captured:
        assert judging.judge_stale(NOW) == 3
    raised.refresh_from_db()
    assert raised.stage == "mql"
    names = [path.name for path in agreement.paths.all()]
    assert sum(any(name in one["sql"] for name in names) for one in captured) == 2
