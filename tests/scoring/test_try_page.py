"""The test bench: a lead is found, and its points as they count and under a version stand there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import Lead
from scoring import scores, side_by_side, versions
from tests import story
from tests.factories import (
    ActivityFactory,
    CompanyFactory,
    LeadFactory,
    RuleFactory,
    RuleGroupFactory,
    ScoringModelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = timezone.now()


@pytest.fixture
def lead():
    lead = LeadFactory(
        first_name="Ilse", last_name="Janssens", company=CompanyFactory(name="Kempen Packaging"),
        created_at=NOW - timedelta(days=100),
    )  # fmt: skip
    for days in (1, 2, 40):
        ActivityFactory(lead=lead, happened_at=NOW - timedelta(days=days))
    return lead


@pytest.fixture
def current():
    return story.agreement_in_force().scoring_model


@pytest.fixture
def draft(current):
    draft = versions.duplicate(current)
    prices = draft.rules.get(name="Looked at prices")
    prices.points, prices.cap, prices.decay_days = 8, 9, 20
    prices.save()
    draft.rules.filter(name="Visited the site").delete()
    email = {"field": "lead.email", "op": "not_empty"}
    RuleFactory(model=draft, kind="fit", name="Has an email address", condition=email)
    return draft


def url(model, **said):
    query = "&".join(f"{name}={value}" for name, value in said.items())
    return f"/scoring/models/{model.version}/try/?{query}"


@pytest.mark.parametrize("text", ["ilse", "jans", "kempen"])
def test_a_lead_is_found_by_name_and_company(client, lead, current, text):
    client.force_login(UserFactory())
    LeadFactory(first_name="Somebody", last_name="Else")
    for answer in (
        client.get(url(current, q=text)),
        client.get(url(current, q=text), headers=HTMX),
    ):
        page = answer.content.decode()
        assert "Ilse Janssens" in page
        assert f"?lead={lead.pk}" in page
        assert "Somebody" not in page
    assert "<html" not in page
    assert "No lead matches" in client.get(url(current, q="nobody")).content.decode()


def test_both_ledgers_stand_side_by_side(client, lead, current, draft):
    client.force_login(UserFactory())
    page = client.get(url(draft, lead=lead.pk)).content.decode()
    assert f"In force, v{current.version}" in page
    assert f"This version, v{draft.version}" in page
    for words in ["new rule", "rule removed", "24.00 →", "Has an email address"]:
        assert words in page, words
    books = versions.several([current, draft])
    for model in (current, draft):
        ledger = scores.explained(books[model.version], lead, at=NOW)
        assert f"{ledger.score:.2f}" in page


def test_the_version_in_force_stands_alone(client, lead, current):
    client.force_login(UserFactory())
    page = client.get(url(current, lead=lead.pk)).content.decode()
    assert "This version is in force." in page
    assert "Difference</th>" not in page


def test_lines_are_paired_and_their_gaps_sum_up(lead):
    before, after = ScoringModelFactory(fit_cap=8), ScoringModelFactory()
    named = {"field": "company.name", "op": "not_empty"}
    for model, points, cap in ((before, 10, 6), (after, 12, 4)):
        group = RuleGroupFactory(model=model, name="Reads", cap=cap)
        RuleFactory(model=model, points=5, name="Visits", group=group)
        RuleFactory(model=model, kind="fit", points=points, name="Company", condition=named)
    books = versions.several([before, after])
    bench = side_by_side.bench(lead, books[before.version], books[after.version], at=NOW)
    (_fit, fit, *fits), (_engagement, engagement, *engagements) = bench.sections
    assert [(row.label, row.words) for row in fit] == [
        ("Company", "2.00 more"),
        ("Fit counts up to 8.00", "2.00 more"),
    ]
    assert [(row.label, row.words) for row in engagement] == [
        ("Visits", "same"),
        ("Reads counts up to 4.00", "2.00 less"),
    ]
    assert (fits, engagements) == ([Decimal(8), Decimal(12)], [Decimal(6), Decimal(4)])
    for side in ("before", "after"):
        ledger = getattr(bench, side)
        lines = [getattr(row, side) for row in [*fit, *engagement]]
        assert sum(line.points for line in lines if line) == ledger.score
    assert bench.words == "2.00 more"


def test_as_of_a_past_day(client, lead, current):
    client.force_login(UserFactory())
    long_ago = (NOW - timedelta(days=39)).date()
    page = client.get(url(current, lead=lead.pk, at=long_ago)).content.decode()
    assert "Looked at prices" in page
    assert "15.00 →" not in page
    before = (NOW - timedelta(days=200)).date()
    page = client.get(url(current, lead=lead.pk, at=before)).content.decode()
    assert "This lead came later." in page


def test_a_new_search_takes_the_place_of_the_chosen_lead(client, lead, current):
    client.force_login(UserFactory())
    other = LeadFactory(first_name="Somebody", last_name="Else")
    page = client.get(url(current, lead=lead.pk)).content.decode()
    assert f'<input type="hidden" name="lead" value="{lead.pk}"' in page
    page = client.get(url(current, lead=lead.pk, q="somebody")).content.decode()
    assert f"?lead={other.pk}" in page
    assert "Ilse" not in page


@pytest.mark.parametrize("at", ["x", "1999-12-31", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_a_day_that_is_none_is_told_at_the_field(client, lead, current, at):
    client.force_login(UserFactory())
    answer = client.get(url(current, lead=lead.pk, at=at))
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "status"), [("9" * 30, 422), ("-1", 422), ("x", 422), ("99", 404)]
)
def test_a_lead_that_is_none_is_no_error_of_ours(client, current, said, status):
    client.force_login(UserFactory())
    assert client.get(url(current, lead=said)).status_code == status


def test_an_unknown_version_is_not_found(client, lead):
    client.force_login(UserFactory())
    assert client.get(f"/scoring/models/{10**12}/try/").status_code == 404


def test_at_most_eight_queries_more_than_the_shell(client, lead, draft):
    for n in range(30):
        RuleFactory(model=draft, name=f"{n}", group=RuleGroupFactory(model=draft))
    lead = Lead.objects.get(pk=lead.pk)
    client.force_login(UserFactory())
    client.get(url(draft))
    with CaptureQueriesContext(connection) as shell:
        client.get(url(draft))
    with CaptureQueriesContext(connection) as whole:
        assert client.get(url(draft, lead=lead.pk)).status_code == 200
    assert len(whole) - (len(shell) - 2) <= 8  # the shell has asked for the versions already
