"""Notices: what happened since I last looked, and where."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.page import page
from leads import paging
from notify.models import Notice

TEMPLATE = "notify/notices.html"


def notices(request):
    """The whole page; for htmx the region of the list."""
    return _shown(request)


def notice(request, pk):
    """GET: to what it is about. POST: stays here. Either way it is read now."""
    found = get_object_or_404(Notice.objects.select_related("user"), pk=pk, user=request.user)
    Notice.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    if request.method != "POST":
        return redirect(found.url)
    if not request.htmx:
        return redirect("notify:notices")
    found.read_at = found.read_at or timezone.now()
    return page(request, TEMPLATE, {"notice": found}, part="notice")


@require_POST
def read_all(request):
    unread = Notice.objects.filter(user=request.user, read_at=None)
    n = unread.update(read_at=timezone.now())
    messages.success(request, ngettext("%d notice read.", "%d notices read.", n) % n)
    return _shown(request) if request.htmx else redirect("notify:notices")


def _shown(request):
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    mine = Notice.objects.filter(user=request.user)
    found = paging.page(mine, "-created_at", **place, size=30)
    context = {"page": found}
    for name in ("before", "after"):
        at = getattr(found, name)
        context[name] = "?" + urlencode({name: at}) if at else ""
    return page(request, TEMPLATE, context, part="notices")
