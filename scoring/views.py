"""The score of one lead, explained."""

from django.shortcuts import get_object_or_404

from accounts.page import page
from leads.models import Lead
from scoring import scores, words


def panel(request, pk):
    """The card of the lead page; a page of its own shows every line."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    ledger = scores.ledger(lead)
    context = {
        "lead": lead,
        "ledger": ledger,
        "first_line": words.first_line(lead, ledger),
        "every_line": "lines" in request.GET or not request.htmx,
    }
    return page(request, "scoring/panel.html", context, part="panel")
