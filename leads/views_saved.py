"""The condition of the list, and saved views: looked through once, saved, changed, deleted."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.page import page
from leads.counting import how_many
from leads.filters import LeadFilter
from leads.models import Lead
from leads.saving import ViewForm
from leads.views_list import list_url

TEMPLATE = "leads/view.html"


def view(request):
    """The form over the list's address (GET); what its buttons do (POST, `go`)."""
    state = LeadFilter(request.GET, queryset=Lead.objects.none(), request=request)
    if not state.form.is_valid():
        return redirect(list_url(request))  # which says what is wrong
    form = ViewForm(request.POST if request.method == "POST" else None, state=state)
    leads, now = Lead.objects.visible_to(request.user).unmerged(), timezone.now()
    form.count_by(lambda said: how_many(leads, said, state.offers.attributes, now))
    go = request.POST.get("go", "show")
    if go in ("save", "delete") and not form.may_change:
        raise PermissionDenied
    if form.is_bound and (go == "delete" or (form.is_valid() and form.fits(go))):
        return _to(request, _DOES.get(go, _show)(request, form))
    context = {"form": form, "url": request.get_full_path(), "back": list_url(request)}
    return page(request, TEMPLATE, context, part="form", status=422 if form.errors else None)


def _show(request, form):
    condition, saved = form.cleaned_data["where"], form.saved
    if saved and condition == saved.condition:
        return list_url(request, where="")
    if condition is None:
        return list_url(request, where="", view="")
    return list_url(request, where=json.dumps(condition, separators=(",", ":")))


def _save(request, form):
    try:
        with transaction.atomic():
            saved = form.store(as_new=request.POST["go"] == "new")
    except IntegrityError:  # pressed twice
        messages.error(request, _("There is a view of this name already."))
        return list_url(request)
    messages.success(request, _("View “%(name)s” saved.") % {"name": saved})
    return saved.get_absolute_url()


def _delete(request, form):
    messages.success(request, _("View “%(name)s” deleted.") % {"name": form.saved})
    form.saved.delete()
    return list_url(request, view="")


def _to(request, url):
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


_DOES = {"save": _save, "new": _save, "delete": _delete}
