"""Processes of a test, each with database connections of its own."""

import multiprocessing

from django.db import connections

FORK = multiprocessing.get_context("fork")


def process(act, *args, **options):
    """A process that will do `act(*args)`."""
    connections.close_all()
    return FORK.Process(target=_run, args=(act, args), **options)


def _run(act, args):
    # What the parent still has open is the parent's: several who speak by one connection hear each
    # other's answers. Beside a browser's event loop, close_all() does not even see all of them.
    for alias in connections:
        if hasattr(connections._connections, alias):
            del connections[alias]
    act(*args)
    connections.close_all()
