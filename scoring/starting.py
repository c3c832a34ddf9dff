"""Starting a computation one at a time: who asks while it is on its way gets the one that is."""

from django.db import connection, transaction

from scoring import computing
from scoring.models import Computation

_LOCK = 7_201_004  # an advisory lock: two who ask at once would both find nothing on its way


@transaction.atomic
def start_once(kind, params, *, by, now, same=None):
    """A new computation, unless one of the `same` parameters, by default all, is on its way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    live = Computation.objects.filter(
        kind=kind, params__contains=same or params, state__in=Computation.LIVE
    )
    return live.order_by("-pk").first() or computing.start(kind, params, by=by, now=now)
