"""A date at the end of the calendar is refused: in some time zone no page could show it."""

import pytest

from accounts.roles import SALES_MANAGER
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
FAR = "9999-12-31"


@pytest.mark.parametrize("time_zone", ["America/New_York", "Asia/Tokyo", "UTC"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/inbox/{}/accept/", {"discovery_at": f"{FAR}T23:00"}),
        ("/inbox/{}/reject/", {"reason": "bad_timing", "until": FAR}),
    ],
)
def test_no_date_is_too_far_for_the_pages_of_the_others(client, time_zone, url, said):
    rep = RepFactory(time_zone=time_zone)
    lead = story.handed_off(to=rep)
    client.force_login(rep)
    answer = client.post(url.format(lead.pk), said)
    assert answer.status_code == 422
    assert "The date is too far away." in answer.content.decode()
    client.force_login(UserFactory(role=SALES_MANAGER, time_zone="Pacific/Auckland"))
    for page in (f"/leads/{lead.pk}/", "/leads/", "/"):
        assert client.get(page).status_code == 200


def test_no_attempt_is_planned_for_the_end_of_the_calendar(client):
    rep = RepFactory()
    lead = story.accepted(by=rep)
    client.force_login(rep)
    said = {"outcome": "no_answer", "next_attempt_at": f"{FAR}T10:00"}
    assert client.post(f"/leads/{lead.pk}/discovery/", said).status_code == 422
