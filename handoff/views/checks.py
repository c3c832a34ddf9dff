"""The page of checks: does the lifecycle hold for every lead?"""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.page import page
from handoff import checking
from leads.models import Lead

managers = permission_required("leads.manage_lead", raise_exception=True)


@managers
def checks(request):
    done, newer = checking.latest()
    laws = done.result["laws"] if done else []
    shown = Lead.objects.in_bulk([pk for law in laws for pk in law["leads"]])
    for law in laws:
        law["rows"] = [shown[pk] for pk in law["leads"] if pk in shown]
    found = sum(law["found"] for law in laws)
    context = {"done": done, "computation": newer, "laws": laws, "found": found}
    part = "answer" if done else None  # there is none before the first check
    return page(request, "handoff/checks.html", context, part=part)


@require_POST
@managers
def ask(request):
    checking.ask(by=request.user, now=timezone.now())
    return redirect("handoff:checks")
