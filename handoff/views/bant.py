"""BANT so far: whoever spoke to a lead records what they heard, in any open stage."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from accounts.page import page
from handoff import bant as answers
from handoff.bant_form import BantForm
from leads.actions import may_edit
from leads.lifecycle import CUSTOMER, DISQUALIFIED, LOST
from leads.models import Lead

TEMPLATE = "handoff/bant.html"
CLOSED = (CUSTOMER, DISQUALIFIED, LOST)


def may_record(lead, user):
    return lead.stage not in CLOSED and may_edit(lead, user)


def bant(request, pk):
    """GET: the form, in a dialog for htmx, else as a page. POST: what differs is recorded."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    if not may_record(lead, request.user):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = BantForm(data, known=answers.answers([pk])[pk])
    if form.is_valid():
        answers.record(lead, form.answers, by=request.user, now=timezone.now())
        messages.success(request, _("BANT recorded: %(lead)s.") % {"lead": lead})
        return HttpResponseClientRefresh() if request.htmx else redirect(lead)
    context = {"lead": lead, "form": form}
    return page(request, TEMPLATE, context, part="form", status=422 if form.is_bound else None)
