"""The handoff side of the lead page: what the agreement says, BANT, clocks, handoffs so far."""

from django.shortcuts import render
from django.utils import timezone

from handoff.panel import panel as facts
from leads.panels import lead_of


def panel(request, pk):
    """A fragment: the lead page loads it."""
    lead = lead_of(request, pk)
    return render(request, "handoff/panel.html", facts(lead, now=timezone.now()))
