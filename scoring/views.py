"""The score of one lead, explained."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.page import page
from leads import activities
from leads.models import Lead
from leads.panels import lead_of
from scoring import scores, words
from scoring.sparkline import sparkline


def panel(request, pk):
    """The card of the lead page; a page of its own shows every line. The first line, which stands
    above all cards, is left on the lead."""
    lead, now = lead_of(request, pk), timezone.now()
    rulebook, grades = import_string(settings.SCORE_WANTED)(lead, now)
    ledger = scores.ledger(lead, rulebook=rulebook, wanted=grades)
    lead.first_line = words.first_line(lead, ledger, last_at=activities.last_at(lead), now=now)
    context = {
        "lead": lead,
        "ledger": ledger,
        "moved": sparkline(lead, now),
        "every_line": "lines" in request.GET or not request.htmx,
        "stamp": _stamp(lead.scored_at),
        "live": "since" in request.GET and request.htmx,
        "left_out": activities.left_out(lead),
    }
    return page(request, "scoring/panel.html", context, part="panel")


def live(request, pk):
    """The card anew when the score is not the one of `since`. An open page asks each second: one
    query."""
    seen = Lead.objects.visible_to(request.user).values_list("scored_at", flat=True)
    scored_at = get_object_or_404(seen, pk=pk)
    if request.GET.get("since") == _stamp(scored_at):
        return HttpResponse(status=204)
    return panel(request, pk)


def _stamp(scored_at):
    return scored_at.isoformat() if scored_at else ""
