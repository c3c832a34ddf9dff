"""MQL review: is this lead ready for sales? List left, preview right, decided by single keys."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import replace_url

from accounts.page import number, page
from handoff import forms
from handoff.review import TABS, further, opened, queue, queue_after
from handoff.views.undo import undo_tag
from leads import telling
from leads.models import Lead
from leads.perform import perform, perform_many
from leads.refusals import Conflict, Refusal

TEMPLATE = "handoff/review.html"
FORMS = {
    "hand_off": forms.HandOffForm,
    "recycle": forms.RecycleForm,
    "disqualify": forms.DisqualifyForm,
}
SOME = 200  # more than a list shows
marketers = permission_required("leads.market_lead", raise_exception=True)


@marketers
def review(request, pk=None):
    """The whole page; for htmx one preview, the next rows, or list and preview of a tab."""
    tab = _tab(request)
    if pk and request.htmx.target == "preview":
        return page(request, TEMPLATE, _opened(request, pk, tab), part="preview")
    after = request.GET.get("after", "")
    if request.htmx.target == "more":
        rows = {"queue": further(request.user, tab, after), "tab": tab}
        return page(request, TEMPLATE, rows, part="rows")
    found = queue(request.user, tab, after)
    return page(request, TEMPLATE, _around(request, found, pk), part="queue")


@require_POST
@marketers
def decide(request, pk, name):
    """Approve, nurture or disqualify; answers with the lead that comes next."""
    if name not in FORMS:
        raise Http404
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    form = FORMS[name](request.POST, leads=[lead], user=request.user)
    if not form.is_valid():
        return _again(request, lead, form)
    try:
        moved = perform(lead, name, by=request.user, **form.cleaned_data)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return _next(request, lead, status=refusal.status)
    except Refusal as refusal:
        form.refuse(refusal)
        return _again(request, lead, form, status=refusal.status)
    return _next(request, lead, told=telling.told(moved, name))


@require_POST
@marketers
def approve(request):
    """Hand off all selected leads; what could not go stays, with its reason."""
    ids = [pk for one in request.POST.getlist("ids") if (pk := number(one))][:SOME]
    leads = Lead.objects.visible_to(request.user).in_bulk(ids)
    outcome = perform_many(leads.values(), "hand_off", by=request.user, group=uuid4())
    moved = [lead.pk for lead in outcome.moved]
    if moved:
        told = ngettext("%d lead handed off.", "%d leads handed off.", len(moved)) % len(moved)
        messages.success(request, told, extra_tags=undo_tag("review", moved, tab=_tab(request)))
    refused = [(leads[pk], refusal) for pk, refusal in outcome.refused.items() if pk in leads]
    found = queue(request.user, _tab(request))
    context = _around(request, found) | {"moved": outcome.moved, "refused": refused}
    return page(request, TEMPLATE, context, part="queue")


def _around(request, found, pk=None, form=None):
    """The page's context: the list, and the lead which is open in it."""
    pk = pk or (found.rows[0].pk if found.rows else None)
    context = {"queue": found, "tab": found.tab.code}
    return context | _opened(request, pk, found.tab.code, form, found.in_force)


def _opened(request, pk, tab, form=None, in_force=None):
    if pk is None:
        return {"lead": None}
    now = timezone.now()
    try:
        lead = opened(request.user, pk, now=now, in_force=in_force)
    except Lead.DoesNotExist:
        raise Http404 from None
    panels = [_panel(request, lead, name, form, now) for name in ("recycle", "disqualify")]
    return {"lead": lead, "panels": panels, "tab": tab, "refused_form": form}


def _panel(request, lead, name, form, now):
    """The bound form when this is the one that was refused, else a fresh one."""
    if form is not None and form.name == name:
        return form
    offered = lead.found.offered_at(name) if lead.found else []
    return FORMS[name](leads=[lead], user=request.user, now=now, offered=offered)


def _again(request, lead, form, status=422):
    """The same lead with what was typed, and what is wrong with it."""
    if request.htmx:
        context = _opened(request, lead.pk, _tab(request), form)
    else:
        context = _around(request, queue(request.user, _tab(request)), lead.pk, form)
    return page(request, TEMPLATE, context, part="preview", status=status)


def _next(request, lead, *, told="", status=None):
    """The decided row leaves, and the next lead opens."""
    found = queue_after(request.user, _tab(request), lead)
    if told:
        words = _("%(told)s %(left)d left.") % {"told": told, "left": found.tab.count}
        messages.success(
            request, words, extra_tags=undo_tag("review", [lead.pk], tab=found.tab.code)
        )
    pk = found.rows[0].pk if found.rows else None
    url = reverse("handoff:preview", args=[pk]) if pk else reverse("handoff:review")
    url += f"?tab={found.tab.code}"
    if not request.htmx:
        return redirect(url)
    context = _around(request, found) | {"decided": lead}
    return replace_url(page(request, TEMPLATE, context, part="decided", status=status), url)


def _tab(request):
    tab = request.POST.get("tab") or request.GET.get("tab")
    return tab if tab in TABS else "ready"
