"""Duplicates: who is there twice, which of the two stays, and what it takes from the other?"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from accounts.page import page
from leads.duplicates import choosing, comparing, merging, pairs, searching, unmerging
from leads.models import Lead, Merge
from leads.refusals import Conflict, Forbidden, Refusal

LIST, COMPARE = "leads/duplicates.html", "leads/merge.html"
marketers = permission_required("leads.market_lead", raise_exception=True)


@marketers
def index(request):
    """The whole page; for htmx the region of the list."""
    state = request.GET.get("state") or pairs.State.OPEN
    if state not in pairs.State.values:
        raise Http404
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    found, counts = pairs.listed(state, **place), pairs.counts()
    context = {
        "state": state,
        "page": found,
        "active": found.rows[0].pk if found.rows else None,
        "tabs": [(code, label, counts[code], code == state) for code, label in pairs.State.choices],
        "search": searching.state(),
    }
    for name in place:
        at = getattr(found, name)
        context[name] = "?" + urlencode({"state": state, name: at}) if at else ""
    return page(request, LIST, context, part="pairs")


@marketers
def choose(request, pk, other):
    """From where nobody says which of the two stays: the page that proposes it."""
    winner, loser = choosing.in_order(*_both(request, pk, other))
    return redirect("duplicates:compare", winner.pk, loser.pk)


@marketers
def compare(request, pk, other):
    """GET: both side by side, field by field. POST: `pk` stays, `other` becomes part of it."""
    winner, loser = _both(request, pk, other)
    said = {name: request.POST[name] for name in request.POST}
    refusal = comparing.refusal(winner, loser, request.user, timezone.now())
    if request.method == "POST":
        try:
            row = merging.merge(winner, loser, by=request.user, now=timezone.now(), said=said)
            return _merged(request, row)
        except Forbidden as forbidden:
            raise PermissionDenied(forbidden.message) from forbidden
        except Refusal as late:
            refusal = late
    context = comparing.shown(winner, loser, said) | {"refusal": refusal}
    status = refusal.status if refusal and request.method == "POST" else None
    return render(request, COMPARE, context, status=status)


@require_POST
@marketers
def dismiss(request, pk):
    """Two people. Can be taken back at once, and from the list of such pairs."""
    return _decided(
        request, pairs.dismiss, pk, _("Two people: %(one)s and %(other)s."), "bring_back"
    )


@require_POST
@marketers
def bring_back(request, pk):
    return _decided(request, pairs.bring_back, pk, _("Open again: %(one)s and %(other)s."))


@require_POST
@marketers
def unmerge(request, pk):
    row = get_object_or_404(Merge.objects.select_related("winner", "loser"), pk=pk)
    try:
        row, kept = unmerging.unmerge(row, by=request.user, now=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal, row.winner.get_absolute_url())
    words = _("Unmerged: %(loser)s is a lead of its own again.") % {"loser": row.loser.title}
    if kept:
        stays = _("Changed since, so it stays as it is: %(fields)s.")
        words = f"{words} {stays % {'fields': ', '.join(kept)}}"
    messages.success(request, words)
    return _changed(request, row.loser.get_absolute_url())


def _both(request, pk, other):
    leads = Lead.objects.visible_to(request.user)
    leads = leads.select_related("company", "campaign", "referred_by", "owner", "team")
    found = leads.in_bulk([pk, other])
    if not {pk, other} <= found.keys():
        raise Http404
    return found[pk], found[other]


def _merged(request, row):
    words = _("Merged: %(loser)s is part of %(winner)s now.")
    undo = f"undo:{reverse('duplicates:unmerge', args=[row.pk])}"
    said = {"loser": row.loser.title, "winner": row.winner.title}
    messages.success(request, words % said, extra_tags=undo)
    return redirect(row.winner)


def _decided(request, verb, pk, words, undo=""):
    try:
        pair = verb(pk, by=request.user, now=timezone.now())
    except Conflict as refusal:
        return _refused(request, refusal, reverse("duplicates:list"))
    tag = f"undo:{reverse(f'duplicates:{undo}', args=[pk])}" if undo else ""
    said = {"one": pair.one.title, "other": pair.other.title}
    messages.success(request, words % said, extra_tags=tag)
    return _changed(request, reverse("duplicates:list"))


def _refused(request, refusal, back):
    if isinstance(refusal, Forbidden):
        raise PermissionDenied(refusal.message)
    if not request.htmx:
        context = {"message": refusal.message, "back": back}
        return render(request, "409.html", context, status=refusal.status)
    messages.error(request, refusal.message)
    return _changed(request, back, status=refusal.status)


def _changed(request, url, status=None):
    """Whatever page is open asks for itself again."""
    if request.htmx:
        return trigger_client_event(HttpResponse(status=status), "queue-changed")
    return redirect(url)
