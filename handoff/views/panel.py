"""The handoff side of the lead page: what the agreement says, BANT, clocks, handoffs so far."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from handoff.panel import panel as facts
from leads.models import Lead


def panel(request, pk):
    """A fragment: the lead page loads it."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).only("pk"), pk=pk)
    return render(request, "handoff/panel.html", facts(lead.pk, now=timezone.now()))
