"""The sales inbox: whose offers it shows, and what accepting and rejecting does to a card."""

import pytest

from tests import story
from tests.factories import ActivityFactory, RepFactory

pytestmark = pytest.mark.django_db
URL = "/inbox/"


@pytest.fixture
def tomas(client):
    rep = RepFactory(first_name="Tomáš", last_name="Novák")
    client.force_login(rep)
    return rep


def test_the_inbox_shows_what_is_offered_to_me(client, tomas):
    mine = story.handed_off(to=tomas, last_name="Horák")
    story.handed_off(last_name="Elsewhere")
    html = client.get(URL).content.decode()
    assert "Horák" in html
    assert "Elsewhere" not in html
    assert f'data-row="{mine.pk}"' in html


def test_the_inbox_asks_eight_times_for_one_card_and_for_thirty(
    client, tomas, django_assert_max_num_queries
):
    story.handed_off(to=tomas)
    client.get(URL)
    with django_assert_max_num_queries(8) as one:
        client.get(URL)
    for _ in range(29):
        ActivityFactory(lead=story.handed_off(to=tomas))
    with django_assert_max_num_queries(8) as thirty:
        client.get(URL)
    assert len(thirty) - len(one) <= 1  # what is new is marked as seen
