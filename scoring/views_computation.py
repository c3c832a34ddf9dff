"""A computation on its way: any page includes its card, which asks here every second."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.page import current_path, page
from scoring import computing
from scoring.models import Computation

may_see = permission_required("leads.market_lead", raise_exception=True)


@may_see
def computation(request, pk):
    """Once it has ended, the page that shows the card asks for its result by itself."""
    row = get_object_or_404(Computation, pk=pk)
    if request.htmx and not row.is_live:
        return HttpResponseClientRefresh()
    context = {"computation": row, "back": current_path(request)}
    return page(request, "scoring/computation.html", context, part="card")


@require_POST
@may_see
def cancel(request, pk):
    """Back to the page that the card stands on."""
    row = get_object_or_404(Computation, pk=pk)
    if computing.cancel(row, now=timezone.now()):
        messages.success(request, _("Cancelled."))
    else:
        messages.warning(request, _("This computation has ended already."))
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    is_ours = is_ours and url.startswith("/")  # any other text is no address
    return redirect(url if is_ours else reverse("scoring:computation", args=[pk]))
