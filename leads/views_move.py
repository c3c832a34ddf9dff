"""One transition of one lead: its form, the move, and undo."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from accounts.page import current_path, page
from leads import actions
from leads.lifecycle import UNDOABLE
from leads.models import Lead
from leads.perform import perform, transitions
from leads.refusals import Conflict, Forbidden, Refusal
from leads.telling import told
from leads.undo import undo_group
from leads.views import TEMPLATE, about, seen

FORM = "leads/act.html"


def act(request, pk, name):
    """GET: the form, in a dialog for htmx, else as a page. POST: the move."""
    if not actions.has_form(name):
        raise Http404
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    if refusal := actions.refusal(lead, name, request.user, now):
        return _refused(request, lead, refusal)
    data = request.POST if request.method == "POST" else None
    form = actions.form(name, data, leads=[lead], user=request.user, now=now)
    refusal = None
    if form.is_valid():
        try:
            return _moved(request, name, perform(lead, name, by=request.user, **form.cleaned_data))
        except (Conflict, Forbidden) as late:
            return _refused(request, lead, late)
        except Refusal as missing:
            form.refuse(refusal := missing)
    return _asked(request, lead, name, form, refusal)


@require_POST
def undo(request, pk):
    """Undo itself asks for the same person; so it also works when the lead left their sight."""
    lead = get_object_or_404(Lead.objects.known_to(request.user), pk=pk)
    try:
        lead = undo_group(lead, by=request.user)
    except Refusal as refusal:
        return _refused(request, lead, refusal)
    where = {"lead": lead.title, "stage": lead.get_stage_display()}
    messages.success(request, _("Undone: %(lead)s is %(stage)s again.") % where)
    if request.htmx:
        return trigger_client_event(HttpResponse(), "queue-changed")
    return redirect(_place(request, lead))


def _asked(request, lead, name, form, refusal):
    context = {
        "lead": lead,
        "form": form,
        "url": reverse("leads:act", args=[lead.pk, name]),
        "label": transitions()[name].custom["label"],
        "refusal": refusal,
    }
    answer = page(request, FORM, context, part="form", status=422 if form.is_bound else None)
    return reswap(retarget(answer, "#dialog"), "innerHTML")


def _moved(request, name, lead):
    undoable = f"undo:{reverse('leads:undo', args=[lead.pk])}" if name in UNDOABLE else ""
    messages.success(request, told(lead, name), extra_tags=undoable)
    return _afresh(request, lead) if request.htmx else redirect(_place(request, lead))


def _refused(request, lead, refusal):
    """In words, with what is there now."""
    if isinstance(refusal, Forbidden):
        raise PermissionDenied(refusal.message)
    if not request.htmx:
        context = {"message": refusal.message, "back": _place(request, lead)}
        return render(request, "409.html", context, status=refusal.status)
    messages.error(request, refusal.message)
    return _afresh(request, lead, status=refusal.status)


def _afresh(request, lead, status=None):
    """The lead's region as it is now, or away from it for somebody who may no longer see it; a list
    that the dialog was opened from asks for itself again."""
    place = _place(request, lead)
    at = urlsplit(current_path(request)).path
    if at and at not in (lead.get_absolute_url(), request.path):
        answer = HttpResponse(status=status or 200)
        return reswap(trigger_client_event(answer, "queue-changed"), "none")
    if place != lead.get_absolute_url():
        return HttpResponseClientRedirect(place)
    answer = page(
        request, TEMPLATE, about(request, seen(request, lead.pk)), part="lead", status=status
    )
    return reswap(retarget(answer, "#lead"), "outerHTML")


def _place(request, lead):
    may_see = Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists()
    return lead.get_absolute_url() if may_see else reverse("leads:list")
