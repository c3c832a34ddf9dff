"""Discovery: is it a real deal, and what is missing? The outcome of the call causes the move."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.page import page
from handoff import bant
from handoff import discovery as calls
from handoff.call_form import STEPS, CallForm
from handoff.definition import definition
from leads import telling
from leads.lifecycle import SAL, SQL, UNDOABLE, owner_or_manager
from leads.models import Lead
from leads.refusals import Conflict, Refusal

TEMPLATE = "handoff/discovery.html"
sellers = permission_required("leads.sell_lead", raise_exception=True)


@sellers
def discovery(request, pk):
    """The page; a POST of `look` answers with the rail as it would be, of `save` keeps a draft."""
    lead = get_object_or_404(calls.for_call(Lead.objects.visible_to(request.user)), pk=pk)
    if lead.stage not in (SAL, SQL):
        messages.info(request, _("%(lead)s needs no discovery call now.") % {"lead": lead})
        return redirect(lead)
    if not owner_or_manager(lead, request.user):
        raise PermissionDenied
    form = CallForm(request.POST or None, lead=lead, known=bant.answers([pk])[pk])
    looks = not form.is_bound or "look" in request.POST
    step = _step(request, lead, form, bound=not looks)
    if not looks and form.is_valid() and "save" in request.POST:
        return _save(request, lead, form, step)
    if not looks and form.is_valid() and step.is_valid():
        return _finish(request, lead, form, step)
    return _show(request, lead, form, step, status=None if looks else 422)


def _step(request, lead, form, *, bound):
    """The form of what the chosen outcome causes, with what was typed into it."""
    step = STEPS[form.chosen]
    options = {"leads": [lead], "user": request.user}
    return step(request.POST, **options) if bound else step(initial=request.POST.dict(), **options)


def _save(request, lead, form, step):
    """The answers alone; the other fields stay as typed until there is an outcome."""
    bant.record(lead, form.answers, by=request.user, now=timezone.now())
    messages.success(request, _("Answers saved."))
    if request.htmx:
        return HttpResponse()
    return _show(request, lead, form, step)


def _finish(request, lead, form, step):
    said = {"by": request.user, "now": timezone.now(), "answers": form.answers, "call": form.call}
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
    bar = found.agreement.bant_bar if found else 0
    context = {"lead": lead, "form": form, "step": step, "bar": bar, "attempt": lead.tried + 1}
    context |= calls.gate(form.typed, bar)
    return page(request, TEMPLATE, context, part="rail", status=status)


def _undo(lead, outcome):
    undoable = calls.MOVES.get(outcome) in UNDOABLE
    return f"undo:{reverse('leads:undo', args=[lead.pk])}" if undoable else ""
