"""A new lead, entered by hand."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.entering import NewLeadForm


def new(request):
    """Marketing enters anybody; a rep who met somebody claims them on a page of its own."""
    if not request.user.is_marketer:
        if request.user.is_rep and request.method == "GET":
            return redirect("handoff:claim")
        raise PermissionDenied
    form = NewLeadForm(request.POST or None, user=request.user)
    lead = form.store(now=timezone.now()) if form.is_valid() else None
    if lead is None:
        status = 422 if form.is_bound else None
        return render(request, "leads/new.html", {"form": form}, status=status)
    messages.success(request, _("New lead: %(lead)s.") % {"lead": lead.title})
    return redirect(lead)
