"""The life of a computation: start, run with progress, cancel, and begin again what was killed.

settings.COMPUTATIONS maps a kind to `compute(params, progress)`, which returns the JSON result.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from psycopg.errors import QueryCanceled

from leads.alone import alone
from leads.refusals import Refusal
from scoring.models import Computation

log = logging.getLogger(__name__)
State = Computation.State
LOCK = 0x5C0E  # the advisory locks of computations
SILENT = timedelta(seconds=60)  # without a sign of life for so long: killed, or in a long step


class Stopped(Exception):
    """The computation was cancelled while it ran."""


class Progress:
    """Told by `compute` between its steps; raises Stopped as soon as somebody has cancelled."""

    def __init__(self, pk, total=0):
        self.pk, self.done, self.total = pk, 0, total

    def begin(self, total):
        """So many steps lie ahead."""
        self.total = total
        self._write()

    def step(self, words=""):
        """One more step is done; `words` say what comes next."""
        self.done += 1
        self._write(step=words[:120])

    def _write(self, **said):
        live = Computation.objects.filter(pk=self.pk, state=State.RUNNING)
        if not live.update(done=self.done, total=self.total, heartbeat_at=Now(), **said):
            raise Stopped


def start(kind, params, *, by, now):
    """A new computation; a worker is rung after commit."""
    if kind not in settings.COMPUTATIONS:
        raise LookupError(f"Nothing computes “{kind}”.")
    row = Computation.objects.create(
        kind=kind, params=params, created_by=by, created_at=now, heartbeat_at=now
    )
    transaction.on_commit(lambda: ring(row.pk), robust=True)
    return row


def run(pk):
    """Compute, unless it is done, cancelled, or computed by another process at this moment."""
    with alone(LOCK, pk) as mine:
        row = Computation.objects.filter(pk=pk, state__in=Computation.LIVE).first()
        if not mine or row is None:
            return
        begun = Computation.objects.filter(pk=pk, state__in=Computation.LIVE)
        if not begun.update(state=State.RUNNING, heartbeat_at=Now()):
            return
        try:
            result = import_string(settings.COMPUTATIONS[row.kind])(row.params, Progress(pk))
            _end(pk, State.DONE, result=result)
        except Stopped:
            log.info("computation %s was cancelled", pk)
        except Refusal as refusal:
            _end(pk, State.FAILED, error=refusal.message[:500])
        except (OperationalError, InterfaceError) as error:
            if not connection.is_usable():
                raise  # the sweep starts it again
            if not isinstance(error.__cause__, QueryCanceled) or _is_running(pk):
                words = "The database cannot do this: it is too large, or takes too long."
                _end(pk, State.FAILED, error=words)  # it would fail each time
                raise
            log.info("computation %s was cancelled within a statement", pk)
        except Exception:
            _end(pk, State.FAILED, error="Something went wrong here; the log says what.")
            raise


def cancel(row, *, now):
    """Returns whether there was something to cancel."""
    live = Computation.objects.filter(pk=row.pk, state__in=Computation.LIVE)
    cancelled = live.update(state=State.CANCELLED, finished_at=now)
    if cancelled:
        _interrupt(row.pk)
    return cancelled


def sweep(now):
    """Ring again for computations whose worker died or never came."""
    live = Computation.objects.filter(state__in=Computation.LIVE)
    for pk in live.filter(heartbeat_at__lt=now - SILENT).values_list("pk", flat=True):
        ring(pk)


def ring(pk):
    import_string("scoring.tasks.run_computation").delay(pk)


def _interrupt(pk):
    """Stop the statement that its worker waits for. The worker is known by its lock."""
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL_STATEMENT, [LOCK, pk])


def _is_running(pk):
    return Computation.objects.filter(pk=pk, state=State.RUNNING).exists()


def _end(pk, state, **said):
    running = Computation.objects.filter(pk=pk, state=State.RUNNING)
    running.update(state=state, finished_at=timezone.now(), **said)


_CANCEL_STATEMENT = """
    SELECT pg_cancel_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid <> pg_backend_pid()
"""
