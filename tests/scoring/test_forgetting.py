"""What ended long ago is swept away, but not the newest result of each question."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from scoring.models import Computation
from scoring.tasks import sweep_computations

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def a_computation(days, state="done", kind="preview", **params):
    ended = NOW - timedelta(days=days)
    return Computation.objects.create(
        kind=kind,
        params=params or {"model": 1, "weeks": 4},
        state=state,
        result={} if state == "done" else None,
        created_at=ended,
        heartbeat_at=NOW,
        finished_at=None if state in Computation.LIVE else ended,
    )


def left():
    with time_machine.travel(NOW, tick=False):
        sweep_computations()
    return list(Computation.objects.order_by("pk"))


def test_ended_ones_go_after_thirty_days():
    for state in ("done", "failed", "cancelled"):
        a_computation(31, state)
    kept = [a_computation(29, state) for state in ("done", "failed", "cancelled")]
    kept += [a_computation(99, state) for state in Computation.LIVE]
    assert left() == kept


def test_the_newest_result_of_each_kind_and_parameters_stays():
    a_computation(400)
    kept = [
        a_computation(300),
        a_computation(300, weeks=4, model=2),
        a_computation(300, kind="fired"),
    ]
    a_computation(200, "failed")
    a_computation(300, kind="fired", version=3)
    kept.append(a_computation(200, kind="fired", version=3))
    assert left() == kept
    assert left() == kept
