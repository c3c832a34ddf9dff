"""How often somebody may do something: a fixed window in the cache that all processes share."""

import time
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Rate:
    """`reset`: seconds until the window ends."""

    limit: int
    remaining: int
    reset: int

    @property
    def is_over(self):
        return self.remaining < 0


def count(what, who, *, limit, seconds, cost=1):
    """Count `cost` acts of `who` at `what` in the present window. Returns the Rate after it.

    The cache of a database is not exact when many come at one moment: a few too many may pass.
    """
    window, passed = divmod(int(time.time()), seconds)
    key = f"rate:{what}:{who}:{window}"
    cache.add(key, 0, timeout=seconds)
    try:
        used = cache.incr(key, cost)
    except ValueError:  # it has just been dropped
        used = cost
    return Rate(limit, limit - used, seconds - passed)


def address(request):
    """The address that a request comes from, as the server says."""
    return request.META.get("REMOTE_ADDR", "")
