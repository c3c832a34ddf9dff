"""A customer left: customer success says when and why."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from accounts.page import page
from handoff import churning
from handoff.forms import ChurnForm
from leads.models import Lead
from leads.refusals import Conflict, Refusal

TEMPLATE = "handoff/churn.html"


@permission_required("handoff.add_churn", raise_exception=True)
def churn(request, pk):
    """GET: the form, in a dialog for htmx, else as a page. POST: it is recorded."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    now, status = timezone.now(), None
    data = request.POST if request.method == "POST" else None
    form = ChurnForm(data, leads=[lead], user=request.user, now=now)
    if form.is_valid():
        try:
            churning.record(lead, by=request.user, now=now, **form.cleaned_data)
        except Conflict as refusal:
            messages.error(request, refusal.message)
            return HttpResponseClientRefresh() if request.htmx else redirect(lead)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Churned: %(lead)s.") % {"lead": lead})
            return HttpResponseClientRefresh() if request.htmx else redirect(lead)
    status = 422 if form.is_bound else None
    return page(request, TEMPLATE, {"lead": lead, "form": form}, part="form", status=status)
