"""Pages of no app: the health check, a closed door, the answer to a stale form token."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh


@login_not_required
def healthz(request):
    """For load balancers: may this process serve? Names no detail."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def closed(request):
    """Administrators give people their addresses: who takes another one could sign in by it, reset
    the password, and pass for a colleague."""
    raise Http404


def csrf_failure(request, reason=""):
    """The token changes at sign-in, so a page opened before it is stale: load it again."""
    if request.htmx:
        messages.warning(request, _("This page was out of date. Please do that again."))
        return HttpResponseClientRefresh()
    return render(request, "403.html", {"stale": True}, status=403)
