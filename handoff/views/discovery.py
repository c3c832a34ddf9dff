"""Discovery: is it a real deal, and what is missing? The outcome of the call causes the move."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import page
from handoff import attempts, bant, drafts, questions, sql_gate
from handoff import discovery as calls
from handoff.call_form import STEPS, CallForm
from handoff.definition import definition
from leads import telling
from leads.lifecycle import UNDOABLE, owner_or_manager
from leads.models import Lead
from leads.refusals import Conflict, Refusal
from leads.words import conflict_words

TEMPLATE = "handoff/discovery.html"
sellers = permission_required("leads.sell_lead", raise_exception=True)


@sellers
def discovery(request, pk):
    """The page; a POST of `look` answers with the rail as it would be, of `save` keeps the answers,
    any other one finishes the call."""
    lead = _lead(request, pk)
    if lead.stage not in calls.STAGES:
        messages.info(request, _("%(lead)s needs no discovery call now.") % {"lead": lead})
        return redirect(lead)
    if not owner_or_manager(lead, request.user):
        raise PermissionDenied
    form = _form(request, lead)
    if not form.is_bound or "look" in request.POST:
        return _show(request, lead, form, _step(request, lead, form, bound=False))
    if "save" in request.POST:
        return _save(request, lead, form)
    step = _step(request, lead, form, bound=True)
    if told := _other_tab(request, drafts.of(lead)):
        messages.warning(request, told)
        return _show(request, lead, form, step, status=409)
    if form.is_valid() and step.is_valid():
        return _finish(request, lead, form, step)
    return _show(request, lead, form, step, status=422)


@require_POST
@sellers
def draft(request, pk):
    """As somebody types: nothing is recorded yet. Answers with when it was kept."""
    lead = _lead(request, pk)
    if lead.stage not in calls.STAGES or not owner_or_manager(lead, request.user):
        why = conflict_words([lead], timezone.now())[lead.pk]
        return page(request, TEMPLATE, {"not_kept": why}, part="kept", status=409)
    found = definition(lead.in_force)
    asked = found.questions if found else []
    form = CallForm(request.POST, lead=lead, known={}, asked=asked, replies={})
    return page(request, TEMPLATE, {"draft": _keep(request, lead, form)}, part="kept")


def _lead(request, pk):
    seen = Lead.objects.visible_to(request.user)
    return get_object_or_404(calls.for_call(seen, request.user), pk=pk)


def _form(request, lead):
    """With what is recorded, and over it what was typed and not finished."""
    found = definition(lead.in_force)
    asked = found.questions if found else []
    return CallForm(
        request.POST or None,
        lead=lead,
        known=bant.answers([lead.pk])[lead.pk],
        asked=asked,
        replies=questions.answers([lead.pk])[lead.pk] if asked else {},
        initial=drafts.of(lead).data,
    )


def _step(request, lead, form, *, bound):
    """The form of what the chosen outcome causes, with what was typed into it."""
    step = STEPS[form.chosen]
    options = {"leads": [lead], "user": request.user}
    if bound:
        return step(request.POST, **options)
    return step(initial=request.POST.dict() or drafts.of(lead).data, **options)


def _save(request, lead, form):
    """The answers alone; the other fields stay as typed until there is an outcome."""
    if not form.is_valid() and request.htmx:
        wrong = " ".join(error for errors in form.errors.values() for error in errors)
        return page(request, TEMPLATE, {"not_kept": wrong}, part="kept", status=422)
    if not form.is_valid():
        return _show(request, lead, form, _step(request, lead, form, bound=False), status=422)
    said = {"by": request.user, "now": timezone.now()}
    calls.learn(lead, form.answers, form.replied, **said)
    kept = _keep(request, lead, form)
    messages.success(request, _("Answers saved."))
    if request.htmx:
        return page(request, TEMPLATE, {"draft": kept}, part="kept")
    return redirect("handoff:discovery", lead.pk)


def _keep(request, lead, form):
    said = {"by": request.user, "now": timezone.now()}
    kept, replaced = drafts.keep(lead, request.POST, form.keeps(), **said)
    if replaced and (told := _other_tab(request, replaced)):
        messages.warning(request, told)
    return kept


def _other_tab(request, other):
    """What another tab of the same person has kept and this one has not seen; "": nothing."""
    beside = other.beside(request.POST) if other.news_to(request.POST) else ""
    words = _("%(saved)s by another tab of yours, where it said: %(text)s. This tab is newer.")
    return beside and words % {"saved": other.words, "text": beside}


def _finish(request, lead, form, step):
    said = {"by": request.user, "now": timezone.now(), "call": form.call}
    said |= {"answers": form.answers, "replied": form.replied}
    try:
        if form.chosen in calls.MOVES:
            moved = calls.finish(lead, form.chosen, **said, **step.cleaned_data)
            told = telling.told(moved, calls.MOVES[form.chosen])
        else:
            moved = calls.no_answer(lead, **said, **step.cleaned_data)
            told = _("No answer: next attempt %(at)s.") % {"at": telling.moment(moved.due_at)}
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect(lead)
    except Refusal as refusal:
        step.refuse(refusal)
        return _show(request, lead, form, step, status=refusal.status)
    messages.success(request, told, extra_tags=_undo(moved, form.chosen))
    return redirect(moved)


def _show(request, lead, form, step, status=None):
    found = definition(lead.in_force)
    tried = attempts.made(lead)
    context = {
        "lead": lead,
        "form": form,
        "step": step,
        "agreement": found and found.agreement,
        "gate": found and sql_gate.gate(found, form.typed, form.replied),
        "tried": tried,
        "attempt": len(tried) + 1,
        "draft": drafts.of(lead),
        "tab": request.POST.get(drafts.TAB) or secrets.token_hex(4),
    }
    return page(request, TEMPLATE, context, part="rail", status=status)


def _undo(lead, outcome):
    undoable = calls.MOVES.get(outcome) in UNDOABLE
    return f"undo:{reverse('leads:undo', args=[lead.pk])}" if undoable else ""
