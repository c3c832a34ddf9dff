"""How often somebody may do something: a fixed window in the cache that all processes share."""

import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
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
    """The address that a request comes from, as the outermost of our own proxies saw it; of IPv6
    the network, since one connection has all the addresses in it. What a sender says of itself
    stands further left in the header, and is not believed."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(seen) >= proxies and seen[-proxies].strip():
        return _network(seen[-proxies].strip())
    return _network(request.META.get("REMOTE_ADDR", ""))


def _network(text):
    try:
        one = ip_address(text)
    except ValueError:
        return text[:64]
    if one.version == 4 or one.ipv4_mapped:
        return str(one.ipv4_mapped if one.version == 6 else one)
    return str(ip_network((one.packed[:8] + bytes(8), 64)))
