"""Computations that ended long ago are deleted; what was asked last of each is kept."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from scoring.models import Computation

KEPT = timedelta(days=30)
_DONE = Computation.State.DONE


def forget(now):
    """Not the newest result of each kind and parameters: pages show it until there is another."""
    newer = Computation.objects.filter(
        kind=OuterRef("kind"), params=OuterRef("params"), state=_DONE, pk__gt=OuterRef("pk")
    )
    ended = Computation.objects.exclude(state__in=Computation.LIVE)
    old = ended.filter(finished_at__lt=now - KEPT)
    old.exclude(~Exists(newer), state=_DONE).delete()
