"""Law 2: of all who press Accept at the same moment one wins, and the others are told who did."""

import http.client
import threading
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff.models import Handoff, Opportunity
from leads.models import Lead, LeadEvent
from leads.perform import perform
from tests.factories import RepFactory, TeamFactory, UserFactory
from tests.story import an_mql

REPS = 64
TOKEN = "t" * 32


@pytest.mark.django_db(transaction=True)
def test_of_64_reps_who_accept_at_once_one_wins(live_server):
    team = TeamFactory()
    reps = [RepFactory(team=team, first_name="Rep", last_name=f"N{i}N") for i in range(REPS)]
    lead = perform(an_mql(), "hand_off", by=UserFactory(), to_team=team, offer_to_team=True)

    answers = accepted_by(reps, lead, live_server.url)

    lead = Lead.objects.get(pk=lead.pk)
    event = LeadEvent.objects.get(lead=lead, name="accept")
    assert Counter(status for status, _ in answers) == {200: 1, 409: REPS - 1}
    assert all(lead.owner.display_name in body for status, body in answers if status == 409)
    assert (lead.stage, event.actor) == ("sal", lead.owner)
    assert [h.state for h in Handoff.objects.filter(lead=lead)] == ["accepted"]
    assert Opportunity.objects.filter(lead=lead).count() == 1


def accepted_by(reps, lead, address):
    """[(status, body)]: each rep in a thread of their own, all at the same moment."""
    url = reverse("handoff:answer", args=[lead.pk, "accept"])
    said = {"discovery_at": f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"}
    answers, ready = [], threading.Barrier(len(reps))

    def press(connection, session):
        ready.wait()
        answers.append(post(connection, url, urlencode(said), session))

    threads = [
        threading.Thread(target=press, args=[connected(address), session_of(rep)]) for rep in reps
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def session_of(rep):
    client = Client()
    client.force_login(rep)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def connected(address):
    """Before the race: the test server's queue of new connections is short."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
    connection.connect()
    return connection


def post(connection, url, body, session):
    """As htmx does."""
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", url, body, headers)
    response = connection.getresponse()
    return response.status, response.read().decode()
