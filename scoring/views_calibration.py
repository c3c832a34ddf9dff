"""Calibration: what outcomes teach about the rules of a version, and a draft made of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.page import page
from leads.models import Attribute
from leads.refusals import Missing
from scoring import calibrated
from scoring.forms import OutcomeForm
from scoring.frame import frame, may_define, may_read
from scoring.models import Computation
from scoring.starting import start_once


@may_read
def calibration(request, version):
    """The newest report; asking for another starts a job, whose progress shows here."""
    context = frame("calibration", version)
    attributes = list(Attribute.objects.order_by("label", "code"))
    done, latest = calibrated.newest(version)
    data = request.POST if request.method == "POST" else None
    form = OutcomeForm(data, attributes=attributes, initial=done and done.params)
    if form.is_valid():
        return _started(request, form.cleaned_data | {"model": version})
    context |= {"form": form, "done": done, "computation": latest}
    context |= {"report": calibrated.shown(done.result, attributes) if done else None}
    status = 422 if form.errors else None
    return page(request, "scoring/calibration.html", context, status=status)


@require_POST
@may_define
def draft(request, version, pk):
    """What that calibration suggests, as a draft."""
    from scoring.calibration.drafting import create_draft

    finished = {"kind": calibrated.KIND, "state": Computation.State.DONE}
    report: Any = get_object_or_404(Computation, pk=pk, params__model=version, **finished).result
    try:
        made = create_draft(report, _("%(name)s, calibrated") % report["judged"])
    except (Missing, ValidationError) as refusal:
        told = [refusal.message] if isinstance(refusal, Missing) else refusal.messages
        messages.error(request, " ".join(told))
        return redirect("scoring:calibration", version)
    messages.success(request, _("Made of the suggestions: %(draft)s.") % {"draft": made})
    return redirect("scoring:model", made.version)


def _started(request, params):
    """One of a version at a time: who presses second watches the first."""
    same, now = {"model": params["model"]}, timezone.now()
    row = start_once(calibrated.KIND, params, by=request.user, now=now, same=same)
    if row.params != params:
        messages.warning(request, _("Another calibration is running: wait for it, or cancel it."))
    return redirect("scoring:calibration", params["model"])
