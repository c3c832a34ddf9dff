"""The handoff side of the lead page: what the agreement says, BANT, clocks, handoffs so far."""

from django.shortcuts import render
from django.utils import timezone

from handoff.discovery import STAGES
from handoff.panel import panel as facts
from handoff.views.bant import may_record
from leads.actions import may_edit
from leads.lifecycle import owner_or_manager
from leads.panels import lead_of


def panel(request, pk):
    """A fragment: the lead page loads it."""
    lead, user = lead_of(request, pk), request.user
    may = {"may_edit": may_edit(lead, user), "may_record": may_record(lead, user)}
    context = facts(lead, now=timezone.now(), **may)
    context["may_call"] = lead.stage in STAGES and owner_or_manager(lead, user)
    context["may_record"] = not context["may_call"] and may["may_record"]
    return render(request, "handoff/panel.html", context)
