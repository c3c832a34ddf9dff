"""Scoring explained: the score of one lead, and the rules that it comes from."""

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.page import page
from leads import activities
from leads.models import Lead
from leads.panels import lead_of
from scoring import scores, versions, words
from scoring.models import ScoringModel
from scoring.sparkline import sparkline


def panel(request, pk):
    """The card of the lead page; a page of its own shows every line."""
    lead = lead_of(request, pk)
    rulebook, grades = import_string(settings.SCORE_WANTED)(lead)
    ledger = scores.ledger(lead, rulebook=rulebook, wanted=grades)
    context = {
        "lead": lead,
        "ledger": ledger,
        "first_line": words.first_line(lead, ledger),
        "moved": sparkline(lead, timezone.now()),
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


@permission_required("leads.market_lead", raise_exception=True)
def models(request, version=None):
    """One version with its rules in words; without a number the newest that was published."""
    every = list(ScoringModel.objects.order_by("-version"))
    shown = version or next((one.version for one in every if one.is_published), None)
    rulebook = versions.of(shown or every[0].version) if every else None
    if version and not rulebook:
        raise Http404
    rules = words.rules(rulebook) if rulebook else []
    context = {"models": every, "rulebook": rulebook, "rules": rules}
    return page(request, "scoring/models.html", context)


def _stamp(scored_at):
    return scored_at.isoformat() if scored_at else ""
