"""A rejected lead, and what is said to it on the page: what tests of the feedback begin with."""

import re

from django.urls import reverse

from handoff.models import Decision
from leads.perform import perform
from tests import story
from tests.factories import RepFactory

URL = "/feedback/"
HTMX = {"HX-Request": "true", "HX-Target": "decision"}


def html(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def rejected(by, rep=None, *, now=None, fields=None, **said):
    """The decision of a rep about a lead that `by` handed off."""
    rep = rep or RepFactory()
    lead = story.handed_off(by=by, to=rep, now=now, **fields or {})
    perform(lead, "reject", by=rep, now=now, **{"reason": "low_intent"} | said)
    return Decision.objects.get(event__lead=lead, event__name="reject")


def say(client, row, verb="answer_decision", headers=HTMX, **typed):
    return client.post(reverse(f"handoff:{verb}", args=[row.event_id]), typed, headers=headers)


def shown(page):
    return re.findall(r'id="decision-(\d+)"', page)
