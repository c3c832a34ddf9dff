"""The start page: what waits for me, what breaks next, what came of it."""

from django.utils import timezone

from accounts.page import page
from insights import today as reads
from insights.breaching import breaching, scope_of


def today(request):
    user, now = request.user, timezone.localtime()
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    numbers, queues = reads.figures(user, month)
    scope = scope_of(user, request.GET.get("due"))
    context = {
        "now": now,
        "numbers": numbers,
        "queues": queues,
        "scope": scope,
        "due": breaching(user, scope, now),
        "told": reads.told(user) if user.is_marketer else [],
    }
    return page(request, "insights/today.html", context, part="today")
