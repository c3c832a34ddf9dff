"""What sales told us: what became of the leads that I sent, and what do I say to it?"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import number, page
from handoff import answering, content
from handoff import feedback as told
from handoff.answer_form import AnswerForm, SettleForm
from leads.refusals import Conflict, Forbidden, Refusal

TEMPLATE, CARD = "handoff/feedback.html", "handoff/_decision.html"
marketers = permission_required("leads.market_lead", raise_exception=True)


@marketers
def feedback(request):
    """The whole page; for htmx the region of the list."""
    tab, everybodys = _tab(request), _everybodys(request)
    context = {"tab": tab, "everybodys": everybodys}
    context["tabs"] = told.tabs(request.user, tab, everybodys=everybodys)
    if tab == "content":
        return page(request, TEMPLATE, context | _content(request), part="feedback")
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    rows = told.listed(request.user, tab, everybodys=everybodys, **place)
    context |= {"page": rows, "before": "", "after": ""}
    context["active"] = rows.rows[0].pk if rows.rows else None
    for name in ("before", "after"):
        if at := getattr(rows, name):
            context[name] = _address(tab, everybodys, **{name: at})
    return page(request, TEMPLATE, context, part="feedback")


@marketers
def decision(request, pk):
    """One decision by itself: where notices lead to."""
    return _one(request, _row(request, pk))


@require_POST
@marketers
def answer(request, pk):
    row, form = _row(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return _one(request, row, form, status=422)
    said = form.cleaned_data
    return _do(request, row, form, answering.answer, said["kind"], said["note"])


@require_POST
@marketers
def settle(request, pk):
    row, form = _row(request, pk), SettleForm(request.POST)
    if not row.may_settle and not getattr(row.response, "settlement", ""):
        raise PermissionDenied
    if not form.is_valid():
        return _one(request, row, form, status=422)
    said = form.cleaned_data
    return _do(request, row, form, answering.settle, said["settlement"], said["note"])


def _do(request, row, form, verb, what, note):
    try:
        response = verb(row.event_id, what, note=note, by=request.user, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return _again(request, row, status=409)
    except Forbidden as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refusal as refusal:
        form.refuse(refusal)
        return _one(request, row, form, status=refusal.status)
    done = response.get_settlement_display() or response.get_kind_display()
    words = {"done": done, "lead": row.event.lead}
    messages.success(request, _("%(done)s: %(lead)s.") % words)
    return _again(request, row)


def _again(request, row, status=None):
    """The card as it is now; nothing where the decision was taken back."""
    if not request.htmx:
        return redirect("handoff:decision", row.event_id)
    fresh = told.one(request.user, row.event_id)
    return _one(request, fresh, status=status) if fresh else HttpResponse(status=status)


def _one(request, row, form=None, status=None):
    """Its card for htmx, else a page with this card alone. `form`: what was typed and refused."""
    row.form = form
    context = {"row": row, "active": row.pk, "swapped": request.htmx, "opened": not request.htmx}
    return page(request, CARD if request.htmx else TEMPLATE, context, status=status)


def _row(request, pk):
    row = told.one(request.user, pk)
    if row is None:
        raise Http404
    return row


def _content(request):
    days = number(request.GET.get("days", ""))
    days = days if days in content.PERIODS else 30
    helped, missing = content.counted(request.user, days, now=timezone.now())
    return {"periods": content.PERIODS, "days": days, "helped": helped, "missing": missing}


def _tab(request):
    tab = request.GET.get("tab")
    if tab in told.TABS:
        return tab
    return "disputes" if request.user.has_perm("handoff.sign_for_sales") else "waiting"


def _everybodys(request):
    """Who settles disputes sent no lead, and looks at everybody's."""
    whose = request.GET.get("whose")
    if whose in ("mine", "all"):
        return whose == "all"
    return request.user.has_perm("handoff.sign_for_sales")


def _address(tab, everybodys, **place):
    whose = "all" if everybodys else "mine"
    return "?" + urlencode({"tab": tab, "whose": whose} | place)
