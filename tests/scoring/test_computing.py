"""A computation runs once, shows its progress, can be cancelled, and survives a killed worker."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from leads.refusals import Missing
from scoring import computing
from scoring.models import Computation
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def add(params, progress):
    progress.begin(2)
    progress.step("adding")
    if params.get("refuse"):
        raise Missing("Nothing to add.")
    if params.get("cancel"):
        computing.cancel(Computation.objects.get(pk=progress.pk), now=timezone.now())
    if params.get("endless"):
        raise OperationalError("too many columns")
    if params.get("burst"):
        raise ZeroDivisionError
    progress.step()
    return {"sum": sum(params["numbers"])}


def sleep(params, progress):
    progress.begin(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


@pytest.fixture(autouse=True)
def _adding(settings):
    settings.COMPUTATIONS = {"adding": f"{__name__}.add", "sleeping": f"{__name__}.sleep"}


def a_computation(**params):
    now = timezone.now()
    return Computation.objects.create(
        kind="adding", params={"numbers": [1, 2]} | params, created_at=now, heartbeat_at=now
    )


def after(row):
    return Computation.objects.get(pk=row.pk)


def test_it_runs_after_commit_and_keeps_its_result(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = computing.start("adding", {"numbers": [1, 2]}, by=UserFactory(), now=timezone.now())
    row = after(row)
    assert (row.state, row.result, row.percent, row.is_live) == ("done", {"sum": 3}, 100, False)


def test_what_nobody_computes_is_not_started():
    with pytest.raises(LookupError):
        computing.start("magic", {}, by=None, now=timezone.now())


@pytest.mark.parametrize("state", ["done", "cancelled", "failed"])
def test_what_has_ended_does_not_run_again(state):
    row = a_computation()
    Computation.objects.filter(pk=row.pk).update(state=state, result={"sum": 0})
    computing.run(row.pk)
    assert (after(row).state, after(row).result) == (state, {"sum": 0})


def test_it_stops_at_the_next_step_when_cancelled():
    row = a_computation(cancel=True)
    computing.run(row.pk)
    assert (after(row).state, after(row).result) == ("cancelled", None)
    assert not computing.cancel(row, now=timezone.now())


def test_a_refusal_is_told_and_a_fault_is_not():
    refused, burst = a_computation(refuse=True), a_computation(burst=True)
    computing.run(refused.pk)
    assert (after(refused).state, after(refused).error) == ("failed", "Nothing to add.")
    with pytest.raises(ZeroDivisionError):
        computing.run(burst.pk)
    assert (after(burst).state, after(burst).error[:20]) == ("failed", "Something went wrong")


def test_what_the_database_cannot_do_is_not_tried_for_ever():
    row = a_computation(endless=True)
    with pytest.raises(OperationalError):
        computing.run(row.pk)
    assert (after(row).state, after(row).error[:23]) == ("failed", "The database cannot do ")


def test_the_sweep_begins_again_what_a_killed_worker_left():
    left, fresh = a_computation(), a_computation()
    now = timezone.now()
    Computation.objects.filter(pk=left.pk).update(
        state="running", heartbeat_at=now - timedelta(minutes=2)
    )
    computing.sweep(now)
    assert (after(left).state, after(fresh).state) == ("done", "waiting")


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_compute_the_same():
    row = a_computation()
    busy = connection.copy()
    try:
        with busy.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [computing.LOCK, row.pk])
        computing.run(row.pk)
    finally:
        busy.close()
    assert after(row).state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_a_cancel_stops_the_statement_that_runs():
    row = a_computation()
    Computation.objects.update(kind="sleeping")
    worker = threading.Thread(target=run_and_let_go, args=[row.pk])
    worker.start()
    wait_until(lambda: sleepers() == 1)
    begun = time.monotonic()
    assert computing.cancel(row, now=timezone.now())
    worker.join(30)
    assert time.monotonic() - begun < 30
    assert not worker.is_alive()
    assert (after(row).state, after(row).result, sleepers()) == ("cancelled", None, 0)


def run_and_let_go(pk):
    computing.run(pk)
    connection.close()


def sleepers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            " AND query = 'SELECT pg_sleep(60)' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def wait_until(holds):
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("It never came to that.")
