"""The page on which managers try the routing rules on past leads."""

from django.contrib.auth.decorators import permission_required
from django.utils import timezone

from accounts.page import number, page
from handoff.routing_trial import trial

WEEKS = [4, 12, 52]


@permission_required("handoff.view_routingrule", raise_exception=True)
def routing(request):
    """Writes nothing."""
    weeks = number(request.GET.get("weeks", ""))
    weeks = weeks if weeks in WEEKS else WEEKS[0]
    context = {"weeks": weeks, "choices": WEEKS, "trial": trial(weeks, now=timezone.now())}
    return page(request, "handoff/routing.html", context, part="result")
