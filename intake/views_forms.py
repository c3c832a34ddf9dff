"""Pages of capture forms for marketing: all forms, and what came in by one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.page import number, page
from intake import submissions, submitting
from intake.models import CaptureForm, Submission
from leads.refusals import Conflict

may_see = permission_required("intake.view_captureform", raise_exception=True)
may_decide = permission_required("intake.change_submission", raise_exception=True)


@require_safe
@may_see
def index(request):
    return page(request, "intake/forms.html", {"forms": submissions.forms()})


@require_safe
@may_see
def detail(request, pk):
    form = get_object_or_404(submissions.forms(), pk=pk)
    shows = request.GET.get("shows", "")
    shows = shows if shows in submissions.SHOWS else "all"
    before = number(request.GET.get("before", ""))
    rows, older = submissions.some(form, shows=shows, before=before)
    context = {
        "form": form,
        "rows": rows,
        "older": older,
        "shows": shows,
        "hosted": request.build_absolute_uri(form.get_absolute_url()),
        "snippet": snippet(form, request),
    }
    return page(request, "intake/form.html", context, part="submissions")


def snippet(form, request):
    """The markup that puts the form into somebody's page."""
    return format_html(
        '<script src="{}" async></script><noscript><a href="{}">{}</a></noscript>',
        request.build_absolute_uri(reverse("hosted:script", args=[form.slug])),
        request.build_absolute_uri(form.get_absolute_url()),
        form.heading,
    )


@require_POST
@may_decide
def decide(request, pk, submission, what):
    """Take in what is no spam, or drop what is."""
    form = get_object_or_404(CaptureForm, pk=pk)
    row = get_object_or_404(Submission, pk=submission, form=form)
    if what not in _DECISIONS:
        raise Http404
    try:
        messages.success(request, _DECISIONS[what](row, request.user))
    except Conflict as refusal:
        messages.warning(request, refusal.message)
    return redirect("forms:detail", pk)


def _take_in(row, by):
    taken = submitting.take_in(row, now=timezone.now(), by=by)
    if not taken.lead:
        raise Conflict(taken.why)
    return _("Taken in: %(who)s.") % {"who": taken.who}


def _drop(row, by):
    submitting.drop(row, by=by)
    return _("Dropped. It stays in the list.")


_DECISIONS = {"take-in": _take_in, "drop": _drop}
