"""Undo of what was decided on review and inbox: back to the page where it was done."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseLocation

from accounts.page import number
from leads.models import Lead
from leads.perform import perform_many

PAGES = {"review": "#queue", "inbox": "#inbox"}


@require_POST
def undo(request, where):
    """Only the person who did it may, and only within seconds: perform asks."""
    if where not in PAGES:
        raise Http404
    ids = [pk for one in request.GET.get("ids", "").split(",") if (pk := number(one))]
    leads = Lead.objects.known_to(request.user).filter(pk__in=ids)
    outcome = perform_many(leads.values_list("pk", flat=True), "undo", by=request.user)
    for refusal in list(outcome.refused.values())[:1]:
        messages.error(request, refusal.message)
    if outcome.moved:
        names = ", ".join(lead.title for lead in outcome.moved[:3])
        messages.success(request, _("Undone: %(leads)s.") % {"leads": names})
    elif request.htmx:
        return HttpResponse(status=409)
    url = _back(where, outcome.moved, request.GET)
    if request.htmx:
        return HttpResponseLocation(url, target=PAGES[where], swap="outerHTML")
    return redirect(url)


def undo_tag(where, ids, **said):
    """For extra_tags of a message: its toast gets an Undo button."""
    query = urlencode({"ids": ",".join(str(pk) for pk in ids)} | said)
    return f"undo:{reverse('handoff:undo', args=[where])}?{query}"


def _back(where, moved, said):
    """Where the lead is the one that keys go to."""
    if not moved:
        return reverse(f"handoff:{where}")
    if where == "review":
        query = {"tab": said.get("tab", "ready")}
        return reverse("handoff:preview", args=[moved[0].pk]) + "?" + urlencode(query)
    query = {"team": ""} if said.get("scope") == "team" else {}
    return reverse("handoff:inbox") + "?" + urlencode(query | {"lead": moved[0].pk})
