"""Where pages of customers send visits to, and the script that does it. Open to the world."""

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts import rates
from intake import beacons, visitors
from intake.models import Site

A_MINUTE = 300  # beacons of one address: an office may share it
CACHED = 3600  # seconds
SOURCE = settings.BASE_DIR / "static_src" / "t.js"


@require_GET
@login_not_required
def script(request):
    """Under an address that stays, so a browser asks again within the hour."""
    answer = HttpResponse(delivered(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={CACHED}"
    return answer


@cache
def delivered():
    """t.js without its remarks and margins."""
    lines = [line.strip() for line in SOURCE.read_text().splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@require_POST
@csrf_exempt
@login_not_required
def listen(request):
    """A beacon of a listed site. Of anything else it is told no more than that it is refused."""
    site = _site(request.headers.get("Origin", ""))
    if site is None:
        return HttpResponse(status=403)
    address, now = rates.address(request), timezone.now()
    rate = rates.count("visits", address, limit=A_MINUTE, seconds=60)
    if rate.is_over:
        return HttpResponse(status=429, headers={"Retry-After": rate.reset})
    body = request.read(beacons.MOST_BYTES + 1)
    if len(body) > beacons.MOST_BYTES:
        return HttpResponse(status=413)
    try:
        beacon = beacons.read(body, now=now, host=site.host)
    except beacons.Malformed:
        return HttpResponse(status=400)
    visitors.receive(site, beacon, now=now, **_sender(request, address))
    return HttpResponse(status=204)


def _site(origin):
    sites = {one.origin: one for one in Site.objects.filter(active=True)}
    return sites.get(origin)


def _sender(request, address):
    agent = request.headers.get("User-Agent", "").replace("\x00", "")[:300]
    digest = salted_hmac("intake.visits", address, algorithm="sha256").hexdigest()
    return {"user_agent": agent, "address_hash": digest}
