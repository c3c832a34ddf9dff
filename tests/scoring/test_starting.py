"""One computation at a time: who asks while it is on its way watches it, at once too."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from scoring import computing
from scoring.models import Computation
from scoring.starting import start_once

NOW = timezone.now()


@pytest.fixture(autouse=True)
def _never_computed(settings, monkeypatch):
    settings.COMPUTATIONS = {"adding": "nowhere", "sleeping": "nowhere"}
    monkeypatch.setattr(computing, "ring", lambda pk: None)


def ask(kind="adding", same=None, **params):
    return start_once(kind, params, by=None, now=NOW, same=same)


@pytest.mark.django_db
def test_the_same_is_started_when_the_first_has_ended():
    first = ask(model=1, weeks=4)
    assert ask(model=1, weeks=4) == first
    Computation.objects.update(state="running")
    assert ask(model=1, weeks=4) == first
    Computation.objects.update(state="failed")
    assert ask(model=1, weeks=4) != first


@pytest.mark.django_db
def test_what_is_not_the_same_is_started_beside_it():
    first = ask(model=1, weeks=4)
    others = [ask(model=1, weeks=12), ask(model=2, weeks=4), ask("sleeping", model=1, weeks=4)]
    assert len({row.pk for row in (first, *others)}) == 4
    assert ask(model=2, weeks=52, same={"model": 2}) == others[1]


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_the_same():
    began, meanwhile, rows = threading.Event(), threading.Event(), []

    def earlier():
        with transaction.atomic():
            rows.append(ask(model=1))
            began.set()
            meanwhile.wait(5)  # still open while the other one comes
        connection.close()

    thread = threading.Thread(target=earlier)
    thread.start()
    assert began.wait(5)
    threading.Timer(0.3, meanwhile.set).start()
    rows.append(ask(model=1))
    thread.join()
    assert rows[0] == rows[1]
    assert Computation.objects.count() == 1
