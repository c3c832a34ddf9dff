"""The consent ledger of one lead: what stands, every entry, and a form for the next one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.page import page
from leads import actions, consent_words, consents
from leads.consent_form import ConsentForm
from leads.models import Lead


def consent(request, pk):
    """Who sees the lead reads its ledger; who may edit it adds an entry."""
    leads = Lead.objects.visible_to(request.user).annotate(allows=consents.standing_of_lead())
    lead = get_object_or_404(leads, pk=pk)
    may_edit = actions.may_edit(lead, request.user)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = ConsentForm(request.POST or None, now=timezone.now()) if may_edit else None
    if form and form.is_valid():
        form.store(lead, by=request.user)
        messages.success(request, _("Recorded in the consent ledger."))
        return redirect("leads:consent", pk)
    context = {
        "lead": lead,
        "form": form,
        "standings": consent_words.standings(lead.allows),
        "ledger": consent_words.ledger(lead),
    }
    status = 422 if form and form.is_bound else None
    return page(request, "leads/consent.html", context, status=status)
