"""The same request, the same people, the same activities at one moment: each is done once."""

import http.client
import json
import threading
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections

from accounts.models import KeptAnswer
from leads.models import Activity, Lead
from tests.api_client import ROOT, System
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db(transaction=True)
SENDERS = 8
AT = "2026-03-02T09:00:00+01:00"


def at_once(url, secret, path, bodies, name=""):
    """[(status, answer, headers)] of all these bodies, sent at the same moment."""
    answers, ready = [], threading.Barrier(len(bodies))

    def send(body):
        sender = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        sender.connect()
        ready.wait()
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": name} if name else {}
        sender.request("POST", ROOT + path, json.dumps(body), headers)
        response = sender.getresponse()
        answers.append((response.status, json.loads(response.read()), response.headers))

    threads = [threading.Thread(target=send, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_request_sent_by_many_is_done_once(live_server):
    lead, system = LeadFactory(), System()
    body = {"items": [{"lead": {"id": lead.pk}, "kind": "call", "happened_at": AT}]}
    answers = at_once(live_server.url, system.secret, "/activities", [body] * SENDERS, "a1")
    statuses = Counter(status for status, _said, _headers in answers)
    assert statuses[200] >= 1
    assert set(statuses) <= {200, 409}
    assert all(headers["Retry-After"] for status, _said, headers in answers if status == 409)
    assert len({json.dumps(said) for status, said, _headers in answers if status == 200}) == 1
    assert (Activity.objects.count(), KeptAnswer.objects.count()) == (1, 1)


def test_while_the_first_still_runs_the_second_is_told_to_wait():
    """Held open as long as it takes to see it: another connection has the claim."""
    system = System()
    claim = connections.create_connection("default")
    try:
        claim.set_autocommit(False)
        _claim_with(claim, system.key)
        body = {"items": [{"email": "a@b.example"}]}
        answer = system.post("/leads", body, Idempotency_Key="a1")
        assert (answer.status_code, answer["Retry-After"]) == (409, "1")
        claim.rollback()
        assert system.post("/leads", body, Idempotency_Key="a1").status_code == 200
    finally:
        claim.close()


def test_many_who_send_the_same_people_and_deeds_make_them_once(live_server):
    system = System()
    people = [{"email": f"p{i}@kempen.example", "external_id": f"x{i}"} for i in range(40)]
    deeds = [
        {"lead": one, "kind": "page_view", "happened_at": AT, "external_id": f"v{i}"}
        for i, one in enumerate(people)
    ]
    bodies = [{"items": deeds[i:] + deeds[:i], "create": True} for i in range(SENDERS)]
    answers = at_once(live_server.url, system.secret, "/activities", bodies)
    assert {status for status, _said, _headers in answers} == {200}
    assert sum(said["recorded"] for _status, said, _headers in answers) == 40
    assert (Lead.objects.count(), Activity.objects.count()) == (40, 40)


def _claim_with(claim, key):
    from accounts import repeating

    usual, repeating.connection = connection, claim
    try:
        repeating._claim(key, "a1")
    finally:
        repeating.connection = usual
