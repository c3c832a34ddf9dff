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
from handoff import forms, presence, snoozing
from handoff.mending import Mending
from handoff.opened import opened
from handoff.review import TABS, further, queue, queue_after
from handoff.views.undo import undo_tag
from leads import telling
from leads.models import Lead
from leads.perform import perform, perform_many, sources
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
    tab = tab_of(request)
    if pk and request.htmx.target == "preview":
        return page(request, TEMPLATE, _opened(request, pk, tab), part="preview")
    after, now = request.GET.get("after", ""), timezone.now()
    if request.htmx.target == "more":
        rows = {"queue": further(request.user, tab, after, now=now), "tab": tab}
        return page(request, TEMPLATE, rows, part="rows")
    found = queue(request.user, tab, after, now=now)
    return page(request, TEMPLATE, _around(request, found, pk), part="queue")


@require_POST
@marketers
def decide(request, pk, name):
    """Approve, nurture or disqualify; answers with the lead that comes next."""
    if name not in FORMS:
        raise Http404
    return carry_out(request, lead_of(request, pk), name)


@require_POST
@marketers
def approve(request):
    """Hand off all selected leads; what could not go stays, with its reason."""
    ids = [pk for one in request.POST.getlist("ids") if (pk := number(one))][:SOME]
    leads = Lead.objects.visible_to(request.user).in_bulk(ids)
    outcome = perform_many(leads.values(), "hand_off", by=request.user, group=uuid4())
    moved, tab = [lead.pk for lead in outcome.moved], tab_of(request)
    if moved:
        told = ngettext("%d lead handed off.", "%d leads handed off.", len(moved)) % len(moved)
        messages.success(request, told, extra_tags=undo_tag("review", moved, tab=tab))
    refused = [(leads[pk], refusal) for pk, refusal in outcome.refused.items() if pk in leads]
    found = queue(request.user, tab, now=timezone.now())
    context = _around(request, found) | {"moved": outcome.moved, "refused": refused}
    return page(request, TEMPLATE, context, part="queue")


def carry_out(request, lead, name):
    """Move the lead, or show it again with what was typed and what is wrong."""
    form = FORMS[name](request.POST, leads=[lead], user=request.user)
    if not form.is_valid():
        return again(request, lead, form)
    try:
        moved = perform(lead, name, by=request.user, **form.cleaned_data)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return next_lead(request, lead, status=refusal.status)
    except Refusal as refusal:
        form.refuse(refusal)
        return again(request, lead, form, status=refusal.status)
    return next_lead(request, lead, told=telling.told(moved, name), undo=True)


def lead_of(request, pk):
    return get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)


def tab_of(request):
    tab = request.POST.get("tab") or request.GET.get("tab")
    return tab if tab in TABS else "ready"


def again(request, lead, form=None, mending=None, status=422):
    """The same lead with what was typed, and what is wrong with it."""
    tab = tab_of(request)
    if request.htmx:
        context = _opened(request, lead.pk, tab, form, mending=mending)
    else:
        found = queue(request.user, tab, now=timezone.now())
        context = _around(request, found, lead.pk, form, mending)
    return page(request, TEMPLATE, context, part="preview", status=status)


def next_lead(request, lead, *, told="", undo=False, status=None):
    """The lead's row leaves, and the next one opens."""
    found = queue_after(request.user, tab_of(request), lead, now=timezone.now())
    code = found.tab.code
    if told:
        words = _("%(told)s %(left)s left.") % {"told": told, "left": found.tab.count_words}
        tags = undo_tag("review", [lead.pk], tab=code) if undo else ""
        messages.success(request, words, extra_tags=tags)
    pk = found.rows[0].pk if found.rows else None
    url = reverse("handoff:preview", args=[pk]) if pk else reverse("handoff:review")
    url += f"?tab={code}"
    if not request.htmx:
        return redirect(url)
    context = _around(request, found) | {"decided": lead}
    return replace_url(page(request, TEMPLATE, context, part="decided", status=status), url)


def _around(request, found, pk=None, form=None, mending=None):
    """The page's context: the list, and the lead which is open in it."""
    pk = pk or (found.rows[0].pk if found.rows else None)
    context = {"queue": found, "tab": found.tab.code}
    return context | _opened(request, pk, found.tab.code, form, found, mending)


def _opened(request, pk, tab, form=None, found=None, mending=None):
    if pk is None:
        return {"lead": None, "tab": tab}
    now = timezone.now()
    known = {"in_force": found.in_force, "rules": found.rules} if found else {}
    try:
        lead = opened(request.user, pk, now=now, **known)
    except Lead.DoesNotExist:
        raise Http404 from None
    names = [name for name in ("recycle", "disqualify") if lead.stage in sources(name)]
    return {
        "lead": lead,
        "panels": [_panel(request, lead, name, form, now) for name in names],
        "mending": mending or Mending(lead, request.user, found=lead.found),
        "snoozes": snoozing.PRESETS,
        "here": hasattr(lead, "review") and presence.watcher(lead.review, request.user, now=now),
        "tab": tab,
        "refused_form": form,
    }


def _panel(request, lead, name, form, now):
    """The bound form when this is the one that was refused, else a fresh one."""
    if form is not None and form.name == name:
        return form
    offered = lead.found.offered_at(name) if lead.found else []
    return FORMS[name](leads=[lead], user=request.user, now=now, offered=offered)
