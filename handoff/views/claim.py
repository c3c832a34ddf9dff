"""Met somebody? Find the person or enter who it is, and take the lead at once."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.page import number
from handoff import meeting, taking
from handoff.views.inbox import sellers
from leads.refusals import Refusal
from leads.telling import told


@sellers
def claim(request):
    """GET ?q=: who is there; with &lead=: claim that one. POST: claim it, or who was entered."""
    said = request.POST if request.method == "POST" else request.GET
    text, now = said.get("q", "").strip(), timezone.now()
    known, claimable = meeting.found(request.user, text)
    lead = next((one for one in claimable if one.pk == number(said.get("lead", ""))), None)
    kind = taking.ClaimForm if lead else taking.MetForm
    form = kind(request.POST or None, leads=[lead] if lead else [], user=request.user, now=now)
    status = 422 if form.is_bound else None
    if form.is_valid():
        try:
            moved = meeting.claim(request.user, now=now, lead=lead, **form.cleaned_data)
            messages.success(request, told(moved, "claim"))
            return redirect(moved.get_absolute_url())
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    context = {"q": text, "known": known, "claimable": claimable, "lead": lead, "form": form}
    return render(request, "handoff/claim.html", context, status=status)
