"""Pipeline: what do I sell, and what is next? SALs and SQLs by their next date, overdue first."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.page import number, page
from handoff import pipeline as deals
from handoff.forms import StepForm
from leads import paging, telling
from leads.lifecycle import Stage
from leads.models import Lead
from leads.refusals import Conflict, Refusal

TEMPLATE = "handoff/pipeline.html"
sellers = permission_required("leads.sell_lead", raise_exception=True)


@sellers
def pipeline(request):
    """The whole page; for htmx its region."""
    return page(request, TEMPLATE, _shown(request), part="pipeline")


@require_POST
@sellers
@transaction.atomic
def step(request, pk):
    """The next date, inline: the row comes back with it, or with what is wrong."""
    seen = Lead.objects.visible_to(request.user)
    lead = get_object_or_404(deals.with_deals(seen), pk=pk)
    form, now = StepForm(request.POST, leads=[lead], user=request.user), timezone.now()
    if form.is_valid():
        try:
            moved = deals.plan(lead, form.cleaned_data["due_at"], by=request.user, now=now)
        except Conflict as refusal:
            messages.error(request, refusal.message)  # and its row goes
            return HttpResponse(status=409) if request.htmx else redirect("handoff:pipeline")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            words = {"lead": lead, "at": telling.moment(moved.due_at)}
            messages.success(request, _("%(lead)s: next %(at)s.") % words)
            lead.due_at = moved.due_at
            return _again(request, lead)
    return _again(request, lead, form, status=422)


def _again(request, lead, form=None, status=None):
    """The same row; without scripts the page."""
    if not request.htmx and status is None:
        return redirect("handoff:pipeline")
    if not request.htmx:
        return page(request, TEMPLATE, _shown(request, lead.pk, form), status=status)
    (row,) = _equipped(request, [lead], lead.pk, form)
    return page(request, TEMPLATE, {"row": row}, part="deal", status=status)


def _shown(request, pk=None, form=None):
    now, said = timezone.now(), _chosen(request)
    leads = deals.selling(request.user, **said)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    found = paging.page(leads, "due_at", rows=deals.with_deals(Lead.objects), **place)
    words = ngettext("%(n)s lead", "%(n)s leads", found.total) % {"n": found.total_words}
    context = {
        "rows": _equipped(request, found.rows, pk, form),
        "words": words,
        "chosen": said,
        "stages": [(one.value, one.label) for one in Stage if one in deals.STAGES],
        "next": found.after and _url(said, after=found.after),
        "before": found.before and _url(said, before=found.before),
    }
    if request.user.is_manager:
        context["teams"], context["people"] = deals.choices()
        context["owners"] = deals.by_owner(leads, now)
    return context


def _chosen(request):
    asked = {name: number(request.GET.get(name, "")) for name in ("owner", "team")}
    stage = request.GET.get("stage", "")
    return asked | {"stage": stage if stage in deals.STAGES else ""}


def _equipped(request, rows, pk=None, form=None):
    """Each row with the form for its next date; that of `pk` keeps what was typed."""
    for lead in rows:
        options = {"leads": [lead], "user": request.user, "auto_id": f"step-{lead.pk}-%s"}
        lead.step = form if form and lead.pk == pk else StepForm(**options)
    return deals.told(rows, timezone.now())


def _url(said, **place):
    query = {name: value for name, value in (said | place).items() if value}
    return f"{reverse('handoff:pipeline')}?{urlencode(query)}"
