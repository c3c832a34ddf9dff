"""The score of one lead, explained."""

from accounts.page import page
from leads.panels import lead_of
from scoring import scores, words


def panel(request, pk):
    """The card of the lead page; a page of its own shows every line."""
    lead = lead_of(request, pk)
    ledger = scores.ledger(lead)
    context = {
        "lead": lead,
        "ledger": ledger,
        "first_line": words.first_line(lead, ledger),
        "every_line": "lines" in request.GET or not request.htmx,
    }
    return page(request, "scoring/panel.html", context, part="panel")
