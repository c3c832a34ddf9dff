"""MQL review: who may see it, what it shows, and what each key does."""

import pytest
from django.urls import reverse

from tests import story
from tests.factories import ActivityFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PREVIEW = HTMX | {"HX-Target": "preview"}


@pytest.fixture
def ana(client):
    marketer = UserFactory(first_name="Ivana", last_name="Petrova")
    client.force_login(marketer)
    return marketer


def queries(client, django_assert_max_num_queries, url, most, **headers):
    client.get(url, headers=headers)  # what was signed is read once
    with django_assert_max_num_queries(most) as asked:
        assert client.get(url, headers=headers).status_code == 200
    return len(asked)


def test_review_shows_the_best_lead_first_and_opens_it(client, ana):
    story.an_mql(last_name="Second", score=60)
    best = story.an_mql(last_name="Best", score=90)
    answer = client.get(reverse("handoff:review"))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.index("Best") < html.index("Second")
    assert f'data-row="{best.pk}" tabindex="-1" aria-current="true"' in html
    assert "Qualifies by the agreement v1" in html


def test_review_asks_eight_times_for_one_lead_and_for_thirty(
    client, ana, django_assert_max_num_queries
):
    story.an_mql()
    one = queries(client, django_assert_max_num_queries, reverse("handoff:review"), 8)
    for _ in range(29):
        ActivityFactory(lead=story.an_mql())
    assert queries(client, django_assert_max_num_queries, reverse("handoff:review"), 8) == one
