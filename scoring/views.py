"""The score of one lead, explained."""

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.page import page
from leads.panels import lead_of
from scoring import scores, words
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
    }
    return page(request, "scoring/panel.html", context, part="panel")
