"""Sales inbox: do I take it, or why not? Cards, most urgent first, decided by single keys."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import number, page
from handoff import forms, pausing, taking
from handoff import inbox as offered
from handoff.aside import aside
from handoff.definition import definition
from handoff.views.undo import undo_tag
from leads import telling
from leads.lifecycle import receiver
from leads.perform import perform
from leads.refusals import Conflict, Refusal

TEMPLATE, CARD = "handoff/inbox.html", "handoff/_card.html"
FORMS = {"accept": taking.AcceptForm, "reject": forms.RejectForm, "pause": taking.PauseForm}
PARTS = {"more": "cards", "newer": "newer"}
sellers = permission_required("leads.sell_lead", raise_exception=True)


@sellers
def inbox(request):
    """The whole page; for htmx the next cards, what is new, or the region with everything."""
    part = PARTS.get(request.htmx.target, "inbox")
    newer = request.GET.get("newer", "")
    context = _cards(request, newer=number(newer) if part == "newer" else None)
    if part == "newer" and not context["cards"].rows:
        return HttpResponse(status=204)
    context["newest"] = context["cards"].newest
    if part == "inbox":
        context["aside"] = aside(request.user, context["now"])
        context["newest"] = context["aside"].newest
        context["active"] = _active(request, context["cards"].rows)
    offered.mark_seen(context["cards"].rows, request.user, context["now"])
    return page(request, TEMPLATE, context, part=part)


@require_POST
@sellers
def answer(request, pk, name):
    """Accept, reject or pause; the card leaves, or stays with what is missing."""
    if name not in FORMS:
        raise Http404
    lead = get_object_or_404(offered.known(request.user), pk=pk)
    form = FORMS[name](request.POST, leads=[lead], user=request.user, auto_id=False)
    if not form.is_valid():
        return _again(request, pk, name, form)
    try:
        _do(request, lead, name, form.cleaned_data)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return _left(request, pk, status=refusal.status)
    except Refusal as refusal:
        form.refuse(refusal)
        return _again(request, pk, name, form, status=refusal.status)
    return _left(request, pk)


def _do(request, lead, name, said):
    if name == "pause":
        held = pausing.pause(lead, by=request.user, now=timezone.now(), **said)
        words = {"lead": held, "at": telling.moment(held.due_at)}
        messages.success(request, _("Paused: %(lead)s, decide by %(at)s.") % words)
    else:
        moved = perform(lead, name, by=request.user, **said)
        undo = undo_tag("inbox", [lead.pk], scope=_scope(request))
        messages.success(request, telling.told(moved, name), extra_tags=undo)


def _cards(request, *, newer=None):
    now = timezone.now()
    scope = _scope(request)
    said = {"after": request.GET.get("after", ""), "wanted": number(request.GET.get("lead", ""))}
    cards = offered.cards(request.user, scope, now=now, newer=newer, **said)
    _equip(request, cards.rows, now)
    return {"cards": cards, "scope": scope, "now": now}


def _active(request, leads):
    """The card that keys go to: the one that was asked for, else the most urgent."""
    ids = [lead.pk for lead in leads]
    asked = number(request.GET.get("lead", ""))
    return asked if asked in ids else next(iter(ids), None)


def _equip(request, leads, now):
    """Give each card its forms. What is the same for all of them is rendered once."""
    if not leads:
        return
    rules = definition(leads[0].in_force)
    # A label holds its control, so no card needs ids that others have, too.
    options = {"leads": leads, "user": request.user, "now": now, "auto_id": False}
    grid = _grid(forms.RejectForm(offered=rules.offered_at("reject"), **options))
    accept, pause = taking.AcceptForm(**options), taking.PauseForm(**options)
    same = {"call": _part("call", accept), "deal": _part("deal", accept)}
    same |= {"pause": _part("pause", pause), "grid": grid}
    for lead in leads:
        vars(lead).update(same, product=lead.interest, need=lead.handoff_note)
        lead.may_answer = receiver(lead, request.user)
        lead.may_pause = lead.may_answer and pausing.may_pause(lead, now)
        lead.pausing = str(lead.pk) == request.GET.get("pausing")


def _grid(form):
    context = {"reasons": form.reasons, "verb": form.verb, "form": form}
    return render_to_string("components/_reasons.html", context)


def _part(name, form):
    """One of the templates _call, _deal, _pause."""
    return render_to_string(f"handoff/_{name}.html", {"form": form})


def _left(request, pk, status=None):
    """The card leaves the page, unless it is still offered to this person."""
    if not request.htmx:
        return redirect("handoff:inbox")
    now = timezone.now()
    card = offered.card(request.user, pk, now=now)
    _equip(request, [card] if card else [], now)
    context = {"scope": _scope(request), "aside": aside(request.user, now)}
    context |= {"lead": card, "now": now}
    return page(request, TEMPLATE, context, part="left", status=status)


def _again(request, pk, name, form, status=422):
    """The same card with what was typed, and what is wrong with it."""
    if request.htmx:
        now = timezone.now()
        rows = [card for card in [offered.card(request.user, pk, now=now)] if card]
        if not rows:
            messages.error(request, _("This lead is no longer offered to you."))
            return _left(request, pk, status=409)
        _equip(request, rows, now)
        context = {"scope": _scope(request)}
    else:
        context = _cards(request)
        context["aside"] = aside(request.user, context["now"])
        context["newest"] = context["aside"].newest
        context["active"] = pk
        rows = context["cards"].rows
    for lead in rows:
        if lead.pk == pk:
            context["lead"] = lead
            _put_back(lead, name, form)
    return page(request, CARD if request.htmx else TEMPLATE, context, status=status)


def _put_back(lead, name, form):
    if name == "accept":
        lead.call, lead.deal, lead.documenting = _part("call", form), _part("deal", form), True
        lead.product, lead.need = form["product"].value() or "", form["need"].value() or ""
        lead.errors = [*form.errors.get("discovery_at", []), *form.non_field_errors()]
    elif name == "pause":
        lead.pause, lead.pausing = _part("pause", form), True
    else:
        lead.grid, lead.rejecting = _grid(form), True


def _scope(request):
    """A manager has no offers of their own, and looks at everybody's."""
    said = "team" if "team" in request.GET or request.POST.get("scope") == "team" else "mine"
    return "team" if request.user.is_manager else said
