"""The page of a preview: start it, watch it, read it, and propose the model."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import number, page
from handoff import agreements
from handoff.preview import page as preview_page
from handoff.preview import subject as subjects
from handoff.preview.fingerprint import fingerprint
from leads.refusals import Refusal
from scoring.frame import frame
from scoring.models import ScoringModel
from scoring.starting import start_once

WEEKS = [4, 12, 52]
LISTS = ["enters", "leaves", "same"]
MOST_CAPACITY = 500

may_see = permission_required("leads.market_lead", raise_exception=True)


@may_see
def of_model(request, version):
    return _preview(request, subjects.of_model(version))


@may_see
def of_agreement(request, version):
    return _preview(request, subjects.of_agreement(version))


@require_POST
@permission_required("handoff.add_agreement", raise_exception=True)
def propose(request, version):
    """A draft agreement that pins the model; it is edited and signed in the admin."""
    model = get_object_or_404(ScoringModel, version=version)
    try:
        draft = agreements.propose(model)
    except Refusal as refusal:
        messages.error(request, _linked(refusal))
        return redirect("handoff:preview_model", version)
    messages.success(request, _("%s is a draft with this model: two managers sign it.") % draft)
    if request.user.is_staff:
        return redirect("admin:handoff_agreement_change", draft.pk)
    return redirect("handoff:preview_model", version)


def _preview(request, subject):
    if subject is None:
        raise Http404
    weeks = _chosen(request, "weeks", WEEKS, 12)
    if request.method == "POST":
        return _started(request, subject, weeks)
    latest, done = subjects.runs(subject, weeks)
    context = {"subject": subject, "weeks_chosen": weeks, "choices": WEEKS, "computation": latest}
    if subject.kind == "model":
        context |= frame("preview", subject.version)
    if done:
        context |= _result(request, subject, done)
    return page(request, "handoff/preview.html", context, part="moves")


def _started(request, subject, weeks):
    """One at a time: who presses twice watches the first."""
    start_once(subjects.KIND, subject.params(weeks), by=request.user, now=timezone.now())
    return redirect(f"{subject.url}?weeks={weeks}")


def _result(request, subject, done):
    shown = request.GET.get("list", "")
    shown = shown if shown in LISTS else LISTS[0]
    capacity = min(number(request.GET.get("capacity", "")) or 0, MOST_CAPACITY)
    told = preview_page.of_result(
        subject,
        done.result,
        request.user,
        shown=shown,
        capacity=capacity,
        every="every" in request.GET,
    )
    outdated = done.result["fingerprint"] != fingerprint(done.params)
    return told | {"done": done, "outdated": outdated}


def _chosen(request, name, values, default):
    given = number(request.POST.get(name) or request.GET.get(name, ""))
    return given if given in values else default


def _linked(refusal):
    if not refusal.url:
        return refusal.message
    return format_html('{} <a href="{}">{}</a>', refusal.message, refusal.url, _("Open it"))
