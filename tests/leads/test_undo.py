"""An undo tells about a lead only to who may see it, or has moved it."""

import pytest

from accounts import roles
from leads.models import Lead
from leads.perform import perform
from tests import story
from tests.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
URLS = pytest.mark.parametrize("url", ["/leads/{}/undo/", "/handoffs/undo/inbox/?ids={}"])


@URLS
def test_who_may_not_see_the_lead_does_not_learn_who_moved_it(client, url):
    lead = story.accepted(by=RepFactory(first_name="Zdenka"))
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    answer = client.post(url.format(lead.pk), follow=True)
    assert "Zdenka" not in answer.content.decode()


@URLS
def test_who_moved_a_lead_out_of_sight_takes_it_back(client, url):
    rep = RepFactory(team=None)
    lead = story.accepted(by=rep)
    lead.handoffs.update(to_user=RepFactory())
    perform(lead, "recycle", by=rep, reason="no_budget")
    assert not Lead.objects.visible_to(rep).exists()
    client.force_login(rep)
    client.post(url.format(lead.pk))
    assert Lead.objects.get().stage == "sal"
