"""An undo in the sales inbox: the card is back, where it was, and keys go to it."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import inbox
from tests import story
from tests.factories import RepFactory

pytestmark = pytest.mark.django_db
URL = "/inbox/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def tomas(client):
    story.agreement_in_force()
    rep = RepFactory(first_name="Tomáš", last_name="Novák")
    client.force_login(rep)
    return rep


def html(answer):
    return answer.content.decode()


def answer(client, lead, name, **typed):
    return client.post(reverse("handoff:answer", args=[lead.pk, name]), typed, headers=HTMX)


def test_undo_puts_the_card_back_as_the_active_one(client, tomas):
    story.handed_off(to=tomas, now=timezone.now() - timedelta(hours=1))  # more urgent
    lead = story.handed_off(to=tomas)
    answer(client, lead, "reject", reason="spam")
    url = reverse("handoff:undo", args=["inbox"]) + f"?ids={lead.pk}"
    back = json.loads(client.post(url, headers=HTMX)["HX-Location"])["path"]
    assert re.search(rf'data-row="{lead.pk}"[^>]* aria-current="true"', html(client.get(back)))


def test_the_page_reaches_down_to_the_card_that_is_put_back(client, tomas):
    offers = [story.handed_off(to=tomas) for _ in range(inbox.PAGE + 3)]
    shown = client.get(URL).context["cards"]
    lead = offers[-2]
    assert (len(shown.rows), lead in shown.rows) == (inbox.PAGE, False)
    answer(client, lead, "reject", reason="spam")
    url = reverse("handoff:undo", args=["inbox"]) + f"?ids={lead.pk}"
    back = json.loads(client.post(url, headers=HTMX)["HX-Location"])["path"]
    shown = client.get(back)
    assert shown.context["active"] == lead.pk
    assert shown.context["cards"].rows == offers[:-1]
    more = client.get(URL, {"after": shown.context["cards"].more}).context["cards"].rows
    assert more == offers[-1:]


def test_an_undo_stays_among_the_offers_of_the_team(client, tomas):
    lead = story.handed_off(to=tomas)
    toast = html(answer(client, lead, "reject", reason="spam", scope="team"))
    undo = re.search(r'action="([^"]*/undo/inbox/[^"]*)"', toast)[1].replace("&amp;", "&")
    back = json.loads(client.post(undo, headers=HTMX)["HX-Location"])["path"]
    shown = client.get(back)
    assert (shown.context["scope"], shown.context["active"]) == ("team", lead.pk)
